"""Policies in words: on the page, in the copy dialog and in the operation log."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django.db import models

from apps.organizations.models import Tier
from apps.projects.models import BUREAU_CHAIN, Project, ProjectKind


def plain(value: Any, *, least: int = 0) -> str:
    """A Decimal without needless zeros, but with at least so many decimals."""
    text = f"{value.normalize():,f}"
    decimals = len(text.partition(".")[2])
    if decimals >= least:
        return text
    return text + ("." if not decimals else "") + "0" * (least - decimals)


RATIOS = frozenset(
    {
        "agreed_ratio",
        "keep_other",
        "share_lowest",
        "share_highest",
        "share_other",
        "explanation_threshold",
    }
)
BASICS = ("code", "name", "kind", "product_type", "description")
REVIEW = (
    "chain",
    "gate",
    "approval",
    "institution_withdrawal",
    "bureau_withdrawal",
    "asks_proof",
    "recusal",
    "appeal_days",
    "answer_days",
    "appeals_block",
    "program_review",
)
DEMAND = (
    "baseline_years",
    "explanation_scope",
    "explanation_direction",
    "explanation_threshold",
    "attachment",
    "history_project",
)
ALLOCATION = (
    "agreed_ratio",
    "rounding",
    "keep_other",
    "share_lowest",
    "share_highest",
    "share_other",
    "capacity_counts_confirmed",
    "other_excludes_fixed",
    "whole_packs_only",
    "pack_rounding",
)
POLICIES = ("product_type", *REVIEW, *DEMAND, *ALLOCATION)


@dataclass(frozen=True, slots=True)
class PolicyWords:
    """A policy as people read it."""

    label: str
    value: str
    explanation: str
    is_default: bool


def policy_words(project: Project) -> list[tuple[str, list[PolicyWords]]]:
    """The policies of a project by group; allocation's only for allocation."""
    groups: list[tuple[str, tuple[str, ...]]] = [("审核", REVIEW)]
    if project.kind == ProjectKind.ALLOCATION:
        groups.append(("分量", ALLOCATION))
    else:
        groups.append(("报量", DEMAND))
    return [(title, [_policy(project, name) for name in names]) for title, names in groups]


def _policy(project: Project, name: str) -> PolicyWords:
    field = field_of(name)
    value = getattr(project, name)
    return PolicyWords(
        label=str(field.verbose_name),
        value=value_in_words(name, value),
        explanation=str(field.help_text),
        is_default=value == field.get_default(),
    )


def label_of(name: str) -> str:
    """What a project's field is called."""
    return str(field_of(name).verbose_name)


def field_of(name: str) -> "models.Field[Any, Any]":
    return cast("models.Field[Any, Any]", Project._meta.get_field(name))


def value_in_words(name: str, value: Any) -> str:
    """One value of a project's field as people read it."""
    field = field_of(name)
    if name == "chain":
        return chain_in_words(value)
    if name in RATIOS:
        return percent(value)
    if name == "baseline_years":
        return "、".join(f"{year} 年" for year in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    empty = "不选" if field.is_relation else "（空）"
    return str(value) if value not in (None, "") else empty


def chain_in_words(chain: Sequence[str]) -> str:
    """医疗机构 → 区县医保 → 市医保 → 省医保 → 联采办."""
    tiers = [Tier.INSTITUTION, *(Tier(tier) for tier in bottom_up(chain)), Tier.ALLIANCE]
    return " → ".join(tier.label for tier in tiers)


def bottom_up(chain: Sequence[str]) -> list[str]:
    """The tiers of a chain in the order in which reports climb, each once."""
    return [tier.value for tier in reversed(BUREAU_CHAIN) if tier.value in chain]


def percent(ratio: Decimal) -> str:
    """`0.8` as `80%`, without needless zeros."""
    return f"{(ratio * 100).normalize():f}%"
