"""Windows of every kind beside one another: the tiers' order, and provinces' own times within the nation's.

Invariants, held by the database as well (`window_triggers`): a tier's time ends no earlier than that of the tier
below, so that it can finish its review, in the nation and in each province; a province's own lies within the nation's.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from apps.organizations.models import Tier
from apps.projects.domain.publication import crossing, tiers_of
from apps.projects.domain.refusals import ProjectRefused
from apps.projects.domain.windows.standing import national_windows
from apps.projects.domain.words import bottom_up
from apps.projects.models import Project, ProvinceSettings, ProvinceWindow
from apps.projects.models.window_spans import end_in_words, span_in_words
from apps.projects.models.windows import Window

Windows = Mapping[str, Window]


class WindowInvalid(ProjectRefused):
    """The span can't be: it ends before it begins, or reaches beyond what it must lie in."""


class ProvincesApart(ProjectRefused):
    """Provinces' own times no longer fit; somebody must have confirmed that they go back to the nation's."""


def tiers_in(chain: Iterable[str]) -> list[Tier]:
    """Of a chain, with who reports and the alliance, from the bottom up."""
    return [Tier.INSTITUTION, *(Tier(tier) for tier in bottom_up(sorted(chain))), Tier.ALLIANCE]


def order_sentence(lower: Tier, upper: Tier, windows: Windows) -> str:
    return (
        f"{upper.label}的时间窗口（{end_in_words(windows[upper].closes_at)}）早于"
        f"{lower.label}（{end_in_words(windows[lower].closes_at)}）结束"
    )


def require_order(tiers: Iterable[Tier], windows: Windows) -> None:
    """Raises `WindowInvalid` where a tier's time ends before that of the tier below: it could never finish."""
    told = [order_sentence(*pair, windows) for pair in crossing(tiers, windows)]
    if told:
        raise WindowInvalid(f"{'；'.join(told)}，请一并调整。")


def require_order_of(project: Project, changed: Mapping[Tier, Window]) -> None:
    """The same of the nation's; `changed` is what is to hold instead of what is stored."""
    require_order([*tiers_of(project), Tier.ALLIANCE], changed_windows(project, changed))


def changed_windows(project: Project, changed: Mapping[Tier, Window]) -> dict[str, Window]:
    return national_windows(project) | {str(tier.value): window for tier, window in changed.items()}


def narrowed(national: Windows, own: Windows) -> dict[str, Window]:
    """When each tier of a province may act; a tier whose own time misses the nation's keeps its own end."""
    return {
        tier: window.narrowed_by(own.get(tier)) or own[tier] for tier, window in national.items()
    }


@dataclass(frozen=True, slots=True)
class Misfit:
    """A province's own time for a tier that doesn't fit beside what the nation's is to be."""

    row: ProvinceWindow

    @property
    def words(self) -> str:
        return f"{self.row.province.name}的{Tier(self.row.tier).label}（{span_in_words(self.row.window)}）"


def misfits(project: Project, changed: Mapping[Tier, Window]) -> list[Misfit]:
    """Of the provinces' own times; three statements. `changed`: what is to hold instead of the national windows."""
    national = changed_windows(project, changed)
    own: dict[int, list[ProvinceWindow]] = {}
    rows = ProvinceWindow.objects.filter(project=project).select_related("province")
    for row in rows.order_by("province__path", "pk"):
        own.setdefault(row.province_id, []).append(row)
    settings = ProvinceSettings.objects.filter(project=project)
    chains = dict(settings.values_list("province_id", "chain"))
    return [
        Misfit(row)
        for province, rows_of_it in own.items()
        for row in _unfit(rows_of_it, national, tiers_in(chains.get(province, project.chain)))
    ]


def _unfit(
    own: Sequence[ProvinceWindow], national: Windows, tiers: Sequence[Tier]
) -> Iterator[ProvinceWindow]:
    """Those beyond the nation's, then those that would end before the tier below them."""
    fit: dict[str, ProvinceWindow] = {}
    for row in own:
        if row.tier in national and not national[row.tier].holds(row.window):
            yield row
        else:
            fit[row.tier] = row
    while pairs := list(crossing(tiers, narrowed(national, _spans(fit)))):
        apart = [upper for _lower, upper in pairs if upper in fit]
        if not apart:
            return
        for tier in apart:
            yield fit.pop(tier)


def _spans(rows: Mapping[str, ProvinceWindow]) -> dict[str, Window]:
    return {tier: row.window for tier, row in rows.items()}


def require_fitting(project: Project, changed: Mapping[Tier, Window]) -> None:
    """Raises `ProvincesApart` where provinces' own times would not fit beside these."""
    apart = misfits(project, changed)
    if apart:
        names = "、".join(misfit.words for misfit in apart)
        raise ProvincesApart(f"{names}与新的全国时间不符，保存后改按全国时间。请核对后勾选确认。")
