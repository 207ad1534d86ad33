"""约定采购量: generated from the published base by the project's rules, reviewed, published, withdrawn.

Invariants: what is published is what the rules say at that moment; the quantities of every unit add up to its
superior's; one version of a project is published at most; every rank that is published has its enterprise.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.proofs import require_proof
from apps.organizations.models import Tier
from apps.projects.models import Project
from apps.scope.sql import freshen
from apps.volumes.domain import sql
from apps.volumes.domain.agreed.calculating import Terms, Volumes
from apps.volumes.domain.agreed.keeping import Keepers, Portion, keepers_of, rank_gaps
from apps.volumes.domain.agreed.ranking import write_ranks
from apps.volumes.domain.agreed.terms import (
    Bases,
    bases_of,
    decimal_of,
    row_of,
    volumes_by_province,
)
from apps.volumes.domain.bases.totals import provinces_of
from apps.volumes.domain.guards import are_results_fixed
from apps.volumes.domain.refusals import RulesIncomplete, VolumesRefused, listed, require_reason
from apps.volumes.domain.rules.rulebook import Rules, all_terms, rules_of
from apps.volumes.domain.versions import (
    locked_project,
    log,
    move,
    next_number,
    refetched,
    tell_provinces,
)
from apps.volumes.models import (
    AgreedQuantity,
    AgreedTerms,
    AgreedVersion,
    BaseVersion,
    KeptBy,
    RankQuantity,
    Rule,
    State,
    WinnerShare,
)

CLIMBING = (Tier.COUNTY, Tier.CITY, Tier.PROVINCE, Tier.ALLIANCE)
"""From the bottom up; each tier sums what stands right below it."""
Use = Callable[[AgreedVersion], str]
_uses: list[Use] = []


def register_use(use: Use) -> None:
    """For apps above: `use(version)` says in a sentence why a published version may not be withdrawn, or ""."""
    _uses.append(use)


def uses_of(version: AgreedVersion) -> list[str]:
    """Why a published version may not be withdrawn; empty where it may."""
    return [sentence for use in _uses if (sentence := use(version))]


@transaction.atomic
def generate_agreed(*, project: Project, by: Actor) -> AgreedVersion:
    """A new version from the published base and the rules as they are; it replaces one that is not published.

    Reads every approved line once: call it from a job where many institutions report. Raises `RulesIncomplete`
    naming what the rules leave open, `VolumesRefused`.
    """
    project = locked_project(project, by)
    if are_results_fixed(project):
        raise VolumesRefused("已有发布的约定采购量；需要重新计算时请先撤销发布。")
    base = _published_base(project)
    rules, bases = rules_of(project), bases_of(base)
    terms, gaps = all_terms(rules)
    gaps += _gaps_of_ranks(rules, terms, bases)
    if gaps:
        raise RulesIncomplete(gaps)
    version = AgreedVersion(
        project=project,
        base=base,
        number=next_number(AgreedVersion, project),
        made_at=timezone.now(),
        made_by=by.user,
    )
    version.save()
    AgreedTerms.objects.bulk_create(
        [row_of(version, item, own) for item, own in terms.items()], batch_size=2_000
    )
    _write_quantities(version, bases, rules, terms)
    version.digest = digest_of(version)
    version.save(update_fields=["digest"])
    log(project, by, "生成约定采购量", f"按{base}生成{version}，{len(terms):,} 个品规")
    return version


def _gaps_of_ranks(rules: Rules, terms: Mapping[int, Terms], bases: Bases) -> list[str]:
    """R6 needs to know who came where, in every unit that somebody won."""
    ranked = {
        item.competition_unit: rules.units[item.competition_unit]
        for item in rules.items
        if item.pk in terms and terms[item.pk].rule == Rule.CASCADE
    }
    return [gap for unit in ranked.values() if unit.results for gap in rank_gaps(unit, bases.names)]


@transaction.atomic
def publish_agreed(*, version: AgreedVersion, by: Actor) -> AgreedVersion:
    """Provinces, cities and institutions see their own from now on. Raises `VolumesRefused` if a rule moved since."""
    project = locked_project(version.project, by)
    version = refetched(version)
    if are_results_fixed(project):
        raise VolumesRefused("已有发布的约定采购量，请刷新页面。")
    _check_current(version, project)
    require_proof(by=by, asked=project.asks_proof)
    version = move(version, State.PUBLISHED, by=by)
    log(project, by, "发布约定采购量", f"发布{version}，数据摘要 {version.digest}")
    tell_provinces(
        provinces_of(project).approved,
        title=f"“{project.name}”的约定采购量已发布",
        body=f"{version}已发布，请查看本地区各机构的约定采购量和计算过程。",
        url=reverse("volumes:agreed_list", args=[project.code]),
        by=by,
    )
    return version


@transaction.atomic
def withdraw_agreed(*, version: AgreedVersion, by: Actor, reason: str) -> AgreedVersion:
    """撤销发布, with a reason; not while an allocation task was made from it. Raises `VolumesRefused`."""
    reason = require_reason(reason)
    project = locked_project(version.project, by)
    version = refetched(version)
    if uses := uses_of(version):
        raise VolumesRefused(listed(uses, "；"))
    version = move(version, State.WITHDRAWN, by=by, reason=reason)
    log(project, by, "撤销约定采购量", f"撤销{version}，原因：{reason}")
    tell_provinces(
        provinces_of(project).approved,
        title=f"“{project.name}”的约定采购量已撤销",
        body=f"{version}已撤销，原因：{reason}",
        url=reverse("volumes:agreed_list", args=[project.code]),
        by=by,
    )
    return version


def digest_of(version: AgreedVersion) -> str:
    """SHA-256 over every term, what the root and the provinces have of every item, and whose it is; four statements."""
    hashed = hashlib.sha256()
    terms = AgreedTerms.objects.filter(version=version).order_by("item__item_code")
    quantities = AgreedQuantity.objects.filter(
        version=version, filing__tier__in=[Tier.ALLIANCE, Tier.PROVINCE]
    )
    shares = WinnerShare.objects.filter(version=version).order_by("competition_unit", "rank")
    said: list[Iterable[Sequence[Any]]] = [
        terms.values_list(
            "item__item_code", "rule", "winners", "ratio", "kept_share", "fixed_share", "rounding"
        ),
        quantities.order_by("filing__path", "item__item_code").values_list(
            "filing__path", "item__item_code", "base", "agreed", "kept", "pending", "fixed"
        ),
        sql.confirmed_by_winner(version.pk),
        shares.values_list("competition_unit", "rank", "enterprise__uscc", "quantity"),
    ]
    for row in chain.from_iterable(said):
        hashed.update("|".join(map(str, row)).encode() + b"\n")
    return hashed.hexdigest()


def _published_base(project: Project) -> BaseVersion:
    base = BaseVersion.objects.of_project(project).published().first()
    if not isinstance(base, BaseVersion):
        raise VolumesRefused("请先生成并发布计算基数。")
    return base


def _write_quantities(
    version: AgreedVersion, bases: Bases, rules: Rules, terms: Mapping[int, Terms]
) -> None:
    """Institutions first, ranks among them, each tier above by one statement; compared with `calculating`."""
    keepers = keepers_of(rules, terms, bases.names)
    provinces = sorted(bases.paths)
    sql.write_keepers(version.pk, _columns(keepers))
    freshen(AgreedTerms, KeptBy)
    sql.count_lines(provinces)
    sql.split_volumes(version.pk, provinces)
    freshen(AgreedQuantity)
    write_ranks(version, rules, terms)
    sql.leave_over(version.pk)
    for tier in CLIMBING:
        sql.climb(version.pk, project=version.project_id, tier=tier.value)
    freshen(AgreedQuantity, RankQuantity)
    wanted = volumes_by_province(bases, terms, keepers)
    differs = sql.differs_from_base(version.pk, version.base_id)
    if differs or _written(version, wanted) != wanted:
        raise VolumesRefused("各机构明细与省份汇总数不一致，没有生成；请联系平台管理员核对汇总数。")


def _columns(keepers: Keepers) -> dict[str, list[object]]:
    places, portions = list(keepers), list(keepers.values())
    return {
        "items": [item for item, _path in places],
        "paths": [path for _item, path in places],
        "won": [portion.won for portion in portions],
        "enterprises": [portion.enterprise for portion in portions],
        "taken": [portion.taken for portion in portions],
        "given": [portion.given for portion in portions],
        "shares": [_share(portion) for portion in portions],
    }


def _share(portion: Portion) -> Decimal | None:
    return None if portion.share is None else decimal_of(portion.share)


def _written(
    version: AgreedVersion, wanted: Mapping[tuple[int, int], Volumes]
) -> dict[tuple[int, int], Volumes]:
    """What stands in the provinces' rows, as far as it is comparable."""
    quantities = AgreedQuantity.objects.filter(version=version, filing__tier=Tier.PROVINCE)
    return {
        (province, item): Volumes(*figures)
        for province, item, *figures in quantities.values_list(
            "filing_id", "item_id", "agreed", "kept", "pending", "fixed"
        )
        if (province, item) in wanted
    }


def _check_current(version: AgreedVersion, project: Project) -> None:
    base = version.base
    if base.state != State.PUBLISHED:
        raise VolumesRefused("这一版所依据的计算基数已撤销，请重新生成约定采购量。")
    rules, bases = rules_of(project), bases_of(base)
    terms, gaps = all_terms(rules)
    now = {item: _key(row_of(version, item, own)) for item, own in terms.items()}
    then = {row.item_id: _key(row) for row in AgreedTerms.objects.filter(version=version)}
    if gaps or now != then or _whose(version) != _whose_now(rules, terms, bases):
        raise VolumesRefused("生成之后规则或中选结果有变化，请重新生成约定采购量。")
    if problems := list(_contradictions(version, rules)):
        raise VolumesRefused(f"规则与中选结果不一致，不能发布：{listed(problems, '；')}。")


def _whose(version: AgreedVersion) -> tuple[object, ...]:
    kept = KeptBy.objects.filter(version=version).values_list(
        "item_id", "path", "won_id", "enterprise_id", "taken", "given", "share"
    )
    ranks = WinnerShare.objects.filter(version=version, enterprise__isnull=False)
    return (
        set(kept),
        set(ranks.values_list("competition_unit", "rank", "enterprise_id")),
    )


def _whose_now(rules: Rules, terms: Mapping[int, Terms], bases: Bases) -> tuple[object, ...]:
    keepers = keepers_of(rules, terms, bases.names)
    units = {i.competition_unit for i in rules.items if terms[i.pk].rule == Rule.CASCADE}
    return (
        {
            (
                *(item, path, portion.won, portion.enterprise),
                *(portion.taken, portion.given, _share(portion)),
            )
            for (item, path), portion in keepers.items()
        },
        {
            (unit, rank, enterprise)
            for unit in units
            for rank, enterprise in enumerate(rules.units[unit].ranked, 1)
            if rank <= rules.units[unit].winners
        },
    )


def _contradictions(version: AgreedVersion, rules: Rules) -> Iterator[str]:
    """What was given by hand and what the results say: numbers of winners, ranks without an enterprise."""
    for unit in rules.units.values():
        if unit.given is not None and unit.given != unit.counted:
            yield f"竞争单元“{unit.name}”指定 {unit.given} 家中选，中选结果是 {unit.counted} 家"
    empty = WinnerShare.objects.filter(version=version, enterprise__isnull=True)
    for name, rank, quantity in empty.order_by("competition_unit", "rank").values_list(
        "competition_unit", "rank", "quantity"
    ):
        yield f"竞争单元“{name}”第 {rank} 名没有企业（{quantity.normalize():,f}）"


def _key(row: AgreedTerms) -> tuple[object, ...]:
    return (
        *(row.rule, row.ratio_class, row.winners, row.is_selected, row.is_highest_cut, row.cut),
        *(row.ratio, row.kept_share, row.fixed_share, row.rounding, row.pack),
        *(row.main_id, row.coefficient),
    )
