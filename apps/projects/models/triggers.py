"""What the database itself refuses: changed policies, a changed catalogue, a phase that one person takes back.

Invariant: from publication on nothing that decides a quantity changes, by no path, admin and import included.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pgtrigger

from .choices import Phase
from .correction_triggers import FIELDS_CORRECTED

FROZEN_PHASES = (Phase.PUBLISHED, Phase.CLOSED, Phase.CONCLUDED)
NEXT_PHASES: Mapping[Phase, tuple[Phase, ...]] = MappingProxyType(
    {
        Phase.DRAFT: (Phase.PREPARING,),
        Phase.PREPARING: (Phase.PUBLISHED,),
        Phase.PUBLISHED: (Phase.CLOSED, Phase.CONCLUDED, Phase.PREPARING),
        Phase.CLOSED: (Phase.CONCLUDED,),
        Phase.CONCLUDED: (Phase.CLOSED, Phase.PUBLISHED),
    }
)
"""What goes back besides wants two people (`back_by_two`)."""
NOT_FROZEN = (
    "phase", "description", "copied_from", "published_at", "closed_at", "concluded_at",
    "extended_until", "extended_words", "name", "pinyin",
)  # fmt: skip
"""What of a published project still changes; its name by a correction alone."""

# The lock makes an import that is under way and a publication wait for each other.
_IF_FROZEN = """
    IF EXISTS (
        SELECT 1 FROM projects_project project
        WHERE {owner} AND project.phase NOT IN ('draft', 'preparing')
        FOR SHARE OF project
    ) THEN
        IF NOT ({corrected}) THEN
            RAISE EXCEPTION 'projects: % of a published project is frozen', TG_TABLE_NAME;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""
# Winning results of a demand project come after its publication; its agreed volumes fix them.
_OF_ALLOCATION = " AND project.kind = 'allocation'"
_BY_PROJECT = "project.id IN (NEW.project_id, OLD.project_id)"
_BY_PRODUCT = """project.id IN (
    SELECT product.project_id FROM projects_winningproduct product
    WHERE product.id IN (NEW.product_id, OLD.product_id)
)"""

_BACK_BY_TWO = """
    IF NOT EXISTS (
        SELECT 1 FROM accounts_approval asked
        WHERE asked.subject_id = OLD.id AND asked.outcome = 'approved'
            AND asked.kind = CASE OLD.phase WHEN 'concluded' THEN 'unconclude' ELSE 'unpublish' END
            AND asked.spent_at > CASE OLD.phase WHEN 'concluded' THEN OLD.concluded_at ELSE OLD.published_at END
    ) THEN
        RAISE EXCEPTION 'phase_back_by_two' USING ERRCODE = 'check_violation', CONSTRAINT = 'phase_back_by_two';
    END IF;
    IF NEW.phase = 'preparing' AND EXISTS (SELECT 1 FROM review_filing filing WHERE filing.project_id = OLD.id) THEN
        RAISE EXCEPTION 'filings_left' USING ERRCODE = 'check_violation', CONSTRAINT = 'filings_left';
    END IF;
    RETURN NEW;
"""


class FrozenPolicies(pgtrigger.ReadOnly):
    """Refuses changes of the fields once the project is published."""

    def get_condition(self, model: Any) -> pgtrigger.Q:
        changed: pgtrigger.Q = super().get_condition(model)
        return pgtrigger.Q(old__phase__in=FROZEN_PHASES) & changed


def policies_frozen() -> pgtrigger.Trigger:
    """Only the phase, its dates and the description of a published project change."""
    return FrozenPolicies(name="policies_frozen", exclude=[*NOT_FROZEN])


def phases_in_order() -> pgtrigger.Trigger:
    return pgtrigger.FSM(
        name="phases_in_order",
        field="phase",
        transitions=[
            (source.value, target.value)
            for source, targets in NEXT_PHASES.items()
            for target in targets
        ],
    )


def back_by_two() -> pgtrigger.Trigger:
    """撤销办结 and 撤销发布: approved by another person since, and no filing is left where a round is unpublished."""
    return pgtrigger.Trigger(
        name="back_by_two",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("phase"),
        condition=pgtrigger.Condition(
            "OLD.phase = 'concluded' AND NEW.phase <> OLD.phase"
            " OR OLD.phase = 'published' AND NEW.phase = 'preparing'"
        ),
        func=_BACK_BY_TWO,
    )


def code_fixed_after_draft() -> pgtrigger.Trigger:
    """Addresses, grants and log entries name a project by its code as soon as others see it."""
    changed = pgtrigger.Q(old__code__df=pgtrigger.F("new__code"))
    return pgtrigger.Protect(
        name="code_fixed_after_draft",
        operation=pgtrigger.Update,
        condition=~pgtrigger.Q(old__phase=Phase.DRAFT) & changed,
    )


def only_drafts_deleted() -> pgtrigger.Trigger:
    return pgtrigger.Protect(
        name="only_drafts_deleted",
        operation=pgtrigger.Delete,
        condition=~pgtrigger.Q(old__phase=Phase.DRAFT),
    )


def frozen_with_project(*, corrected: str = FIELDS_CORRECTED) -> pgtrigger.Trigger:
    """Rows with a project stand still once it is published; a correction of them names what it changes."""
    return pgtrigger.Trigger(
        name="frozen_with_project",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=_IF_FROZEN.format(owner=_BY_PROJECT, corrected=corrected),
    )


def winners_frozen_with_project() -> pgtrigger.Trigger:
    """The winning results of an allocation stand still once it is published."""
    return pgtrigger.Trigger(
        name="frozen_with_project",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=_IF_FROZEN.format(owner=_BY_PROJECT + _OF_ALLOCATION, corrected=FIELDS_CORRECTED),
    )


def frozen_with_product(
    *operations: pgtrigger.Operation, corrected: str = "FALSE"
) -> pgtrigger.Trigger:
    """Rows of a winning product stand still once its allocation is published, unless `corrected` (SQL) holds."""
    operation = operations[0]
    for other in operations[1:]:
        operation |= other
    return pgtrigger.Trigger(
        name="frozen_with_project",
        when=pgtrigger.Before,
        operation=operation,
        func=_IF_FROZEN.format(owner=_BY_PRODUCT + _OF_ALLOCATION, corrected=corrected),
    )
