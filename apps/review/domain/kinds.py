"""What the review chain asks of the apps above it: a FilingKind per kind of project, all of it set-based.

`review` knows no line of any filing; the app that does registers its kind in `AppConfig.ready`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from django.db.models import Q, QuerySet

from apps.accounts.domain.actors import Actor
from apps.exchange.files.columns import Column
from apps.projects.domain.corrections.fields import Change, Effect
from apps.projects.models import CatalogItem, Project
from apps.review.models import Filing
from apps.scope.database import Ask

Figures = Mapping[int, Sequence[tuple[str, str]]]
"""(label, value) pairs by filing id."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a filing is not complete, with the page on which to mend it (a URL name taking the project's code)."""

    text: str
    url_name: str = ""


@dataclass(frozen=True, slots=True)
class Detail:
    """What a filing's page shows of its lines: a partial template with its context, and figures for lists."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mark:
    """What can't be sorted by: `worst` is the item and the sentence of its oddity, `document` label and tone."""

    worst: str = ""
    document: tuple[str, str] | None = None

    @property
    def is_doubtful(self) -> bool:
        """Whether the document doesn't agree with the numbers."""
        return self.document is not None and self.document[1] in ("warning", "danger")


@dataclass(frozen=True, slots=True)
class Version:
    """One report as it was, `lines` and what the platform says they come to (`claims`), in JSON values."""

    number: int
    at: datetime
    lines: Sequence[Mapping[str, Any]]
    claims: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything that was reported in one filing, and what stands of it now where it is more than the last report."""

    versions: list[Version]
    standing: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """What a correction touches of one status: institutions, their lines, yuan before and after (`None`: no prices)."""

    status: str
    filings: int
    lines: int
    before: Decimal | None = None
    after: Decimal | None = None


class Marking(Protocol):
    """Offered by a kind whose filings can be odd."""

    def annotated(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """With `odd` and `grave` (lines), `rise` (per cent against last year's amount), `changed` (lines).

        NULL where it is not known, and in a first report `changed`.
        """
        ...

    def marks(self, filings: Sequence[Filing]) -> Mapping[int, Mark]:
        """By id, of reported filings of one project; a constant number of statements."""
        ...


class FilingKind(Protocol):
    """The hooks of one kind. Every call takes many filings and costs a constant number of statements."""

    def findings(self, project: Project) -> tuple[list[str], list[str]]:
        """Sentences that refuse publication, and those that the publisher should read all the same."""
        ...

    def on_publish(self, project: Project, *, by: Actor) -> None:
        """Runs in the publishing transaction, after the filing tree exists."""
        ...

    def drawn(self, project: Project) -> list[str]:
        """What was made since the publication, in sentences: while there is any, it is not undone."""
        ...

    def on_unpublish(self, project: Project) -> None:
        """Runs before the filings of the project go: what was derived from them goes with them."""
        ...

    def ask_incomplete(self, filing: Filing) -> Ask[Any] | None:
        """What `incomplete` reads of one filing, if it can be sent with the locks of an act."""
        ...

    def incomplete(self, filings: Sequence[Filing], asked: Any = None) -> dict[int, list[Problem]]:
        """By filing id, what still has to be done before 上报; complete filings are absent.

        `asked` is what `ask_incomplete` gave, sent by now.
        """
        ...

    def freeze(self, filings: Sequence[Filing]) -> None:
        """Filings were submitted."""
        ...

    def unfreeze(self, filings: Sequence[Filing]) -> None:
        """Filings were withdrawn or returned."""
        ...

    def restore(self, filings: Sequence[Filing]) -> None:
        """Put the lines back to what was last reported; runs before the status moves (恢复上次上报)."""
        ...

    def point_at(self, filing: Filing, lines: Sequence[int]) -> int:
        """A return names lines to be corrected (待修改); they keep the filing's version. Returns how many there are."""
        ...

    def named(self, filing: Filing, lines: Sequence[int]) -> list[str]:
        """What the lines that a return names are called, in the order of the filing."""
        ...

    def on_lapse(self, filings: Sequence[Filing]) -> None:
        """Filings were counted as not reported, or excluded: reservations are released."""
        ...

    def effect(self, change: Change) -> Effect:
        """What a correction of this field moves in this kind of project."""
        ...

    def reach(self, project: Project, changes: Sequence[Change]) -> list[Reach]:
        """By status, what stands on the corrected values. A constant number of statements, like all of these."""
        ...

    def objection(self, changes: Sequence[Change]) -> str:
        """Why these values can't be, as far as nobody is quicker; empty if they can."""
        ...

    def touched(self, project: Project, changes: Sequence[Change]) -> list[int]:
        """The institutions' filings with quantities that rest on a corrected pack or daily usage."""
        ...

    def on_correct(
        self, project: Project, changes: Sequence[Change], filings: Sequence[int]
    ) -> None:
        """The values are written: what is built on them follows; of these filings confirmations are taken back.

        Raises `ActionRefused` for what `objection` names, asked under its locks.
        """
        ...

    def on_add(self, project: Project, item: CatalogItem, filings: Sequence[int]) -> None:
        """An item came after publication: these filings, given back, are to say how much of it and nothing else."""
        ...

    def lines_page(self) -> str:
        """The page (a URL name taking the project's code) on which an institution finds its touched lines."""
        ...

    def settling_page(self) -> str:
        """The page (a URL name taking the project's code) that settles who did not report otherwise than at zero."""
        ...

    def figures(self, filings: Sequence[Filing]) -> dict[int, list[tuple[str, str]]]:
        """By filing id, (label, `Figure`) pairs for lists and dialogs: lines, amounts."""
        ...

    def marking(self, kind: str) -> Marking | None:
        """What stands out in filings of this kind of project, for lists; `None` where nothing is known to."""
        ...

    def started(self) -> Q:
        """Filings in which something was saved, as a condition: compiled into the statement that asks."""
        ...

    def last_saved(self, filings: Sequence[Filing]) -> dict[int, datetime]:
        """By filing id, when its lines were last saved; absent where the kind does not know."""
        ...

    def detail(self, filing: Filing, params: Mapping[str, str]) -> Detail:
        """The lines of one filing, for its page."""
        ...

    def kept(self, filings: Sequence[Filing]) -> dict[int, Kept]:
        """By id, of institutions' filings of one project what was ever reported; absent where nothing was."""
        ...

    def report_columns(self) -> Sequence[Column]:
        """The columns in which people read the lines of a `Version`."""
        ...


_kinds: dict[str, FilingKind] = {}


def register_kind(kind: str, implementation: FilingKind) -> None:
    """Called once for each kind of project by the app that owns its lines."""
    _kinds[kind] = implementation


def kind_of(project_or_filing: Project | Filing) -> FilingKind:
    """The implementation for a project's or filing's kind. Raises `KeyError` for an unknown kind."""
    return _kinds[project_or_filing.kind]


def marking_of(kind: str) -> Marking | None:
    """`None` where nothing is known to stand out. Raises `KeyError` for an unknown kind."""
    return _kinds[kind].marking(kind)


def figure_labels(filings: Sequence[Filing], figures: Figures) -> list[str]:
    """The columns of a list: bureaus and institutions don't have the same figures, bureaus' come first."""
    in_order = sorted(filings, key=lambda filing: filing.is_institution)
    return list(dict.fromkeys(label for row in in_order for label, _ in figures.get(row.pk, ())))
