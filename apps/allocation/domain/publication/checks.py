"""What refuses the publication of an allocation, and what its publisher should know (rules §3a.3, §3a.9)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from django.db.models import Exists, OuterRef

from apps.allocation.domain.publication import sql
from apps.allocation.domain.publication.designating import Place, Standing, Tie
from apps.allocation.domain.publication.given import generation_of, given_by_product, given_problems
from apps.allocation.domain.publication.planting import standing
from apps.allocation.domain.publication.splitting import open_ties
from apps.allocation.domain.publication.sql import Sums
from apps.allocation.domain.publication.winners import Winner, by_group, load_winners
from apps.allocation.engine import rounded
from apps.allocation.models import AllocationRow, Generation, Slot
from apps.organizations.models import Enterprise, Organization
from apps.projects.models import CatalogItem, Participation, Project
from apps.volumes.models import State

NAMED = 5


def findings(
    project: Project, *, given: Mapping[int, int] | None = None
) -> tuple[list[str], list[str]]:
    """What refuses publication; and for its publisher, rows left out and fixed slots that capacity can't fill.

    Every row is read once, for what it comes to. `given`: what is confirmed by product, where the caller has read it.
    """
    if not AllocationRow.objects.filter(project=project).exists():
        return ["还没有导入分配量，请先在“分配量导入”中上传"], []
    standing_now, values = standing(project)
    winners = load_winners(project)
    sums = sql.sums(project, values)
    made = generation_of(project)
    confirmed = confirmed_by_product(project, made, sums, given)
    refusing = [
        *_strangers(project),
        *_tied(open_ties(project, standing_now, values)),
        *(_misfits(sums) if made is None else _differing(made)),
        *_over_capacity(winners, confirmed),
    ]
    return refusing, [*_left_out(standing_now), *_scarce(project, winners, sums, confirmed)]


def confirmed_by_product(
    project: Project,
    made: Generation | None,
    sums: Iterable[Sums],
    given: Mapping[int, int] | None = None,
) -> Mapping[int, int]:
    """By product what is confirmed of it, as far as that counts against its capacity."""
    confirmed: dict[int, int] = defaultdict(int)
    if not project.capacity_counts_confirmed:
        return confirmed
    if made is not None:
        return defaultdict(int, given_by_product(made) if given is None else given)
    for part in sums:
        if part.product_id is not None:
            confirmed[part.product_id] += part.kept
    return confirmed


def _listed(names: Sequence[str]) -> str:
    more = f" 等 {len(names)} 个" if len(names) > NAMED else ""
    return "、".join(names[:NAMED]) + more


def _strangers(project: Project) -> list[str]:
    takes_part = Participation.objects.filter(
        project=project, organization__reports_through__isnull=True
    )
    has_rows = AllocationRow.objects.filter(project=project, organization_id=OuterRef("pk"))
    # As a list that is hashed, whatever the planner thinks of the table's size.
    strangers = Organization.objects.exclude(pk__in=takes_part.values("organization"))
    strangers = strangers.filter(Exists(has_rows))
    names = list(strangers.order_by("code").values_list("code", flat=True)[:1_000])
    return [f"有分配量的机构不在参加名单中：{_listed(names)}"] if names else []


def _tied(ties: Iterable[Tie]) -> list[str]:
    groups: dict[tuple[str, Slot, tuple[int, ...]], int] = defaultdict(int)
    for tie in ties:
        groups[tie.place.product_group, tie.slot, tie.enterprises] += 1
    wanted = {enterprise for _, _, enterprises in groups for enterprise in enterprises}
    names = dict(Enterprise.objects.filter(pk__in=wanted).values_list("pk", "name"))
    what = {Slot.LOWEST: "日均费用最低", Slot.HIGHEST: "降幅最高"}
    return [
        f"产品组“{group}”{what[slot]}并列（{'、'.join(names[tied] for tied in enterprises)}，{count} 个省），请先指定"
        for (group, slot, enterprises), count in groups.items()
    ]


def _misfits(sums: Sequence[Sums]) -> list[str]:
    unselected = [total for total in sums if total.unselected]
    merged = [total for total in sums if total.merged]
    named = {total.item_id for total in (*unselected, *merged)}
    codes = dict(CatalogItem.objects.filter(pk__in=named).values_list("pk", "item_code"))
    misfits = []
    if unselected:
        rows, items = sum(total.unselected for total in unselected), _items(unselected, codes)
        misfits.append(f"{items}有 {rows:,} 行导入了中选产品确认量，但该品规在本省没有中选产品")
    if merged:
        rows, items = sum(total.merged for total in merged), _items(merged, codes)
        misfits.append(
            f"{items}有 {rows:,} 行导入了日均费用最低份额，但日均费用最低和降幅最高是同一家企业"
        )
    return misfits


def _items(sums: Iterable[Sums], codes: Mapping[int, str]) -> str:
    return f"品规 {_listed(sorted({codes[total.item_id] for total in sums}))} "


def _differing(made: Generation) -> list[str]:
    """A generated allocation stands on agreed volumes that are still published, and is what they say."""
    if made.version.state != State.PUBLISHED:
        return ["来源的约定采购量已撤销，请删除本项目后重新生成"]
    return list(given_problems(made))


def _over_capacity(winners: Iterable[Winner], confirmed: Mapping[int, int]) -> list[str]:
    return [
        f"{winner.name} 的确认量合计 {confirmed[winner.product_id]:,}，超过最大产能 {winner.capacity:,}，"
        f"超出 {confirmed[winner.product_id] - winner.capacity:,}"
        for winner in winners
        if winner.capacity is not None and confirmed.get(winner.product_id, 0) > winner.capacity
    ]


def _left_out(standing: Standing) -> list[str]:
    groups: dict[str, list[Place]] = defaultdict(list)
    for place in standing.without_winner:
        groups[place.product_group].append(place)
    paths = {place.province for place in standing.without_winner}
    names = dict(Organization.objects.filter(path__in=paths).values_list("path", "division__name"))
    return [
        f"产品组“{group}”在{_listed([names[place.province] for place in places])}没有中选产品，"
        f"{sum(place.rows for place in places):,} 行不参加分配"
        for group, places in groups.items()
    ]


def _scarce(
    project: Project,
    winners: Sequence[Winner],
    sums: Iterable[Sums],
    confirmed: Mapping[int, int],
) -> list[str]:
    """Fixed slots whose targets, compared in days of use, exceed what their enterprise has left after ΣK."""
    usage = dict(CatalogItem.objects.filter(project=project).values_list("pk", "daily_usage"))
    days: dict[tuple[str, int], Fraction] = defaultdict(Fraction)
    for total in sums:
        for enterprise, target in (
            (total.lowest_id, total.lowest),
            (total.highest_id, total.highest),
        ):
            if enterprise is not None:
                days[total.product_group, enterprise] += Fraction(target) / Fraction(
                    usage[total.item_id]
                )
    return [
        sentence
        for group, members in by_group(winners).items()
        for enterprise in dict.fromkeys(winner.enterprise_id for winner in members)
        if (sentence := _shortage(group, enterprise, members, confirmed, days[group, enterprise]))
    ]


def _shortage(
    group: str,
    enterprise: int,
    members: Sequence[Winner],
    confirmed: Mapping[int, int],
    wanted: Fraction,
) -> str:
    own = [winner for winner in members if winner.enterprise_id == enterprise]
    if not wanted or any(winner.capacity is None for winner in own):
        return ""
    left = sum(
        (
            Fraction((winner.capacity or 0) - confirmed.get(winner.product_id, 0))
            / Fraction(winner.offer.terms.daily_usage)
            for winner in own
        ),
        Fraction(0),
    )
    if wanted <= left:
        return ""
    usage = Fraction(own[0].offer.terms.daily_usage)
    return (
        f"{own[0].name} 等在产品组“{group}”的固定份额折合 {rounded(wanted * usage, 0):,} {own[0].unit}，"
        f"确认量之外的产能只有 {rounded(left * usage, 0):,} {own[0].unit}（按它的日均使用量折算），"
        "部分机构将转到其他中选企业"
    )
