"""What the case (案卷) of a filing says: who it is of, its events, every report, the signed papers, its seals.

Invariants: only what was reported stands in it, no draft and no paper that nobody reported; while an institution is
filling in, its reports are its own alone, as on its page (S0-15). Read within the scope, a batch at a time.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from apps.accounts.domain.actors import Actor
from apps.audit.models import Seal
from apps.review.domain.kinds import Kept, Version, kind_of
from apps.review.models import Filing, FilingAttachment, FilingEvent, WithdrawalRequest
from apps.review.models.statuses import Status
from apps.scope.context import whole_country
from apps.scope.paths import in_subtree

BATCH = 50
TRIES = 5
EVENT = (
    "id", "filing_id", "sequence", "at", "action", "source", "target", "actor_id", "actor_name", "organization_name",
    "on_behalf_of", "reason", "deadline", "request_id", "previous_hash", "hash",
)  # fmt: skip
SEAL = ("number", "at", "algorithm", "key_id", "content", "previous", "mac")


class Seals:
    """Those of the record of events, by the last id that each covers; read once for a case file."""

    def __init__(self) -> None:
        with whole_country(reason="seals don't say whose events they are over"):
            rows = Seal.objects.filter(stream=FilingEvent._meta.label_lower)
            numbers = list(rows.order_by("number").values_list("number", "upto"))
        self._numbers = [number for number, _upto in numbers]
        self._ends = [upto for _number, upto in numbers]

    def over(self, event_id: int) -> int | None:
        """The number of the seal that covers an event; `None` while it has none."""
        place = bisect_left(self._ends, event_id)
        return self._numbers[place] if place < len(self._ends) else None

    def told(self, numbers: Collection[int]) -> list[dict[str, Any]]:
        with whole_country(reason="seals don't say whose events they are over"):
            rows = Seal.objects.filter(number__in=numbers).order_by("number")
            return list(rows.values(*SEAL))


@dataclass(frozen=True, slots=True)
class Case:
    """One filing with everything that is told of it; `papers` by the numbers of the reports that they came with."""

    filing: Filing
    events: list[dict[str, Any]]
    requests: list[WithdrawalRequest]
    kept: Kept
    papers: list[tuple[FilingAttachment, list[int]]]
    seals: list[dict[str, Any]]
    figures: Sequence[tuple[str, str]]
    withheld: bool


def filings_under(top: Filing) -> Any:
    """The filing itself, and of a bureau all of its subtree in the round."""
    return Filing.objects.filter(in_subtree(top.path), project_id=top.project_id)


def cases_under(top: Filing, *, by: Actor) -> Iterator[Case]:
    """One after the other, by path; a constant number of statements for each batch."""
    seals = Seals()
    keys = filings_under(top).order_by("path").values_list("pk", flat=True)
    coming = keys.iterator(chunk_size=1_000)
    while batch := list(islice(coming, BATCH)):
        yield from _of_one_moment(batch, seals, by)


def _of_one_moment(keys: Sequence[int], seals: Seals, by: Actor) -> list[Case]:
    """Read anew where somebody acted meanwhile: what a filing says and its events are of the same version."""
    versions = _versions(keys)
    for _ in range(TRIES):
        cases = _cases(keys, seals, by)
        before, versions = versions, _versions(keys)
        if versions == before:
            break
    return cases


def _versions(keys: Sequence[int]) -> dict[int, int]:
    return dict(Filing.objects.among(keys).values_list("pk", "version"))


def _cases(keys: Sequence[int], seals: Seals, by: Actor) -> list[Case]:
    rows = Filing.objects.among(keys).with_organization().select_related("project")
    filings: list[Filing] = list(rows.order_by("path"))
    own = by.organization.pk if by.organization else None
    shown = [filing for filing in filings if not _is_withheld(filing, own)]
    institutions = [filing for filing in shown if filing.is_institution]
    bureaus = [filing for filing in shown if not filing.is_institution]
    kind = kind_of(filings[0])
    kept, papers, events = kind.kept(institutions), _papers(institutions), _events(keys, seals)
    requests, figures = _requests(keys), kind.figures(bureaus)
    sealed = {event["seal"] for chain in events.values() for event in chain} - {None}
    told = {seal["number"]: seal for seal in seals.told(sealed)}
    cases = []
    for filing in filings:
        chain, reported = events[filing.pk], kept.get(filing.pk, Kept([]))
        numbers = sorted({event["seal"] for event in chain} - {None})
        cases.append(
            Case(
                filing=filing,
                events=chain,
                requests=requests[filing.pk],
                kept=reported,
                papers=_carried(papers[filing.pk], reported.versions, chain),
                seals=[told[number] for number in numbers],
                figures=figures.get(filing.pk, ()),
                withheld=_is_withheld(filing, own),
            )
        )
    return cases


def _is_withheld(filing: Filing, own: int | None) -> bool:
    return filing.is_institution and filing.state == Status.DRAFT and filing.organization_id != own


def _events(keys: Sequence[int], seals: Seals) -> Mapping[int, list[dict[str, Any]]]:
    events: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = FilingEvent.objects.filter(filing__in=keys).order_by("filing_id", "sequence")
    for event in rows.values(*EVENT):
        events[event["filing_id"]].append({**event, "seal": seals.over(event["id"])})
    return events


def _requests(keys: Sequence[int]) -> Mapping[int, list[WithdrawalRequest]]:
    requests: dict[int, list[WithdrawalRequest]] = defaultdict(list)
    for row in WithdrawalRequest.objects.filter(filing__in=keys).order_by("asked_at", "pk"):
        requests[row.filing_id].append(row)
    return requests


def _papers(filings: Sequence[Filing]) -> Mapping[int, list[FilingAttachment]]:
    papers: dict[int, list[FilingAttachment]] = defaultdict(list)
    rows = FilingAttachment.objects.filter(filing__in=[filing.pk for filing in filings])
    for row in rows.order_by("uploaded_at", "pk"):
        papers[row.filing_id].append(row)
    return papers


def _carried(
    papers: Sequence[FilingAttachment], versions: Sequence[Version], chain: Sequence[Any]
) -> list[tuple[FilingAttachment, list[int]]]:
    """Which paper each report came with: the latest there at its time; papers of none stay out."""
    moments = {event["sequence"]: event["at"] for event in chain}
    reported: dict[int, list[int]] = defaultdict(list)
    for version in versions:
        at = moments.get(version.number, version.at)
        if held := [paper for paper in papers if _was_in_force(paper, at)]:
            reported[held[-1].pk].append(version.number)
    return [(paper, reported[paper.pk]) for paper in papers if paper.pk in reported]


def _was_in_force(paper: FilingAttachment, at: datetime) -> bool:
    return paper.uploaded_at <= at and (paper.replaced_at is None or paper.replaced_at > at)
