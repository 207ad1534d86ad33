"""Reads that span filings, events and the chain above."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Sum

from apps.accounts.domain.actors import Actor
from apps.projects.models import Project, Withdrawal
from apps.review.domain.locks import read_branch
from apps.review.domain.standing import parties_of, situations
from apps.review.domain.why.possible import available
from apps.review.models import Filing, FilingCount, FilingEvent, WithdrawalRequest
from apps.review.models.statuses import EDITABLE, Action, Status
from apps.scope.prepared import Among, Prepared
from apps.ui.formats import short_moment


def history_of(filing: Filing) -> list[FilingEvent]:
    """Everything that happened to a filing, the latest first."""
    return HISTORY(filing=filing.pk)


def last_events(filings: Sequence[Filing]) -> dict[int, FilingEvent]:
    """By filing id, what happened to it last; one statement, none for nobody."""
    if not filings:
        return {}
    events = FilingEvent.objects.filter(filing__in=[filing.pk for filing in filings])
    return {e.filing_id: e for e in events.order_by("filing", "-sequence").distinct("filing")}


def moved_in_words(filings: Sequence[Filing]) -> list[str]:
    """Who changed each of them and when: `甲医院（武昌区医保 张三 11-30 10:02 退回修改）`; one statement."""
    events = last_events(filings)
    return [_moved(filing, events.get(filing.pk)) for filing in filings]


def _moved(filing: Filing, event: FilingEvent | None) -> str:
    name = filing.organization.name
    if event is None:
        return name
    who = " ".join(filter(None, [event.organization_name, event.actor_name]))
    return f"{name}（{who} {short_moment(event.at)} {event.get_action_display()}）"


def requests_of(filing: Filing) -> list[WithdrawalRequest]:
    """The withdrawal requests of a filing, the latest first."""
    return list(WithdrawalRequest.objects.filter(filing=filing).latest_first())


def actions_for(
    project: Project, filings: Sequence[Filing], by: Actor, *, at: datetime | None = None
) -> dict[int, list[Action]]:
    """By filing id, what the actor may do with it now; a constant number of statements for a page of rows."""
    branch = read_branch(filings)
    facing = situations(project, branch.filings, branch, at or by.moment)
    return {
        filing.pk: available(situation, project, parties_of(filing, branch, by))
        for filing, situation in zip(branch.filings, facing, strict=True)
    }


@dataclass(frozen=True, slots=True)
class Progress:
    """How many direct children of a bureau's filing stand where."""

    total: int
    draft: int
    submitted: int
    approved: int
    returned: int
    lapsed: int

    @property
    def settled(self) -> int:
        return self.approved + self.lapsed


def progress_of(filing: Filing) -> Progress:
    counts = counts_below([filing]).get(filing.pk, {})
    known = {status.value: counts.get(status, 0) for status in Status if status != Status.EXCLUDED}
    return Progress(total=sum(known.values()), **known)


def counts_below(filings: Sequence[Filing]) -> dict[int, dict[str, int]]:
    """By filing id, how many direct children stand where; reads no child, however many there are."""
    counts: dict[int, dict[str, int]] = {}
    if filings:
        for parent, status, number in BELOW(parents=[filing.pk for filing in filings]):
            counts.setdefault(parent, {})[status] = number
    return counts


HISTORY: Prepared[FilingEvent] = Prepared(
    lambda filing: FilingEvent.objects.filter(filing_id=filing).order_by("-sequence"),
    filing=BigIntegerField(),
)
BELOW: Prepared[tuple[int, str, int]] = Prepared(
    lambda parents: (
        FilingCount.objects.filter(Among(F("parent_id"), parents))
        .values_list("parent_id", "status")
        .annotate(found=Sum("number"))
        .filter(found__gt=0)
    ),
    parents=ArrayField(BigIntegerField()),
)
"""Read by every list and every home of a bureau."""


def waits_for(by: Actor) -> Exists:
    """Of a project: whether the person's own unit has still to report or submit in it."""
    own = Filing.objects.filter(organization=by.organization, status__in=EDITABLE)
    return Exists(own.filter(project=OuterRef("pk")))


def asking_back(project: Project, filings: Sequence[Filing]) -> frozenset[int]:
    """The filings whose withdrawal requests wait for an answer; no statement without the policy."""
    if Withdrawal.ON_REQUEST not in {project.institution_withdrawal, project.bureau_withdrawal}:
        return frozenset()
    rows = WithdrawalRequest.objects.filter(filing__in=[filing.pk for filing in filings]).open()
    return frozenset(rows.values_list("filing_id", flat=True))


def requests_below(bureaus: Sequence[Filing]) -> dict[int, int]:
    """By filing id, how many withdrawal requests wait for an answer; no statement without the policy."""
    asking = [
        filing.pk
        for filing in bureaus
        if Withdrawal.ON_REQUEST
        in {filing.project.institution_withdrawal, filing.project.bureau_withdrawal}
    ]
    if not asking:
        return {}
    rows = WithdrawalRequest.objects.filter(filing__parent_id__in=asking).open().order_by()
    return dict(rows.values_list("filing__parent_id").annotate(Count("pk")))
