"""Papers that are signed, by their check codes: issued when they are printed, looked up by whoever holds them.

Invariants: what a lookup tells is what the code was made of, so nobody without a key makes it say anything else; a
code that was never issued, one that is mistyped and one whose row was touched are answered alike.

An app above says in its `AppConfig.ready` whether its papers still stand:

    register_standing("reporting.letter", standing_of)    # IssuedPaper -> Standing, within the whole country
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import astuple, dataclass
from enum import Enum

from apps.exchange.files import check_codes
from apps.exchange.files.check_codes import Printed
from apps.exchange.models import IssuedPaper
from apps.scope.context import whole_country

DUMMY = "0" * check_codes.LENGTH
"""Is asked for where nothing was typed that could be a code."""
NOTHING = ("",) * 6
MOST = 20  # papers of one old code that are looked at


class Standing(Enum):
    """Whether a paper still says what holds: label and tone."""

    CURRENT = "当前有效", "success"
    REPLACED = "已有新版", "warning"
    VOID = "已作废", "danger"
    UNTOLD = "不能判断是否仍有效", "neutral"

    @property
    def label(self) -> str:
        return self.value[0]

    @property
    def tone(self) -> str:
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a check code vouches for: `digest` names the content, `subject` the thing, whenever it is printed."""

    kind: str
    subject: str
    project: str
    unit: str
    number: str
    digest: str

    @property
    def code(self) -> str:
        """By the key that signs now."""
        return check_codes.sign(astuple(self))

    @property
    def shown_code(self) -> str:
        return check_codes.in_groups(self.code)


@dataclass(frozen=True, slots=True)
class Looked:
    """What everybody may know of a paper."""

    code: str
    project: str
    unit: str
    number: str
    digest: str
    standing: Standing
    is_old: bool
    is_ambiguous: bool = False

    @property
    def shown_code(self) -> str:
        return check_codes.in_groups(self.code)


StandingOf = Callable[[IssuedPaper], Standing]
_standings: dict[str, StandingOf] = {}


def register_standing(kind: str, standing_of: StandingOf) -> None:
    _standings[kind] = standing_of


def issue(facts: Facts, *, path: str, enterprise_id: int | None = None) -> str:
    """Keep what is about to be printed; returns its code. The same facts under the same key are kept once."""
    code = facts.code
    paper = IssuedPaper(
        code=code,
        kind=facts.kind,
        subject=facts.subject,
        project=facts.project,
        unit=facts.unit,
        number=facts.number,
        digest=facts.digest,
        path=path,
        enterprise_id=enterprise_id,
    )
    IssuedPaper.objects.bulk_create([paper], ignore_conflicts=True)
    return code


def digests_of(printed: Collection[Printed], *, kind: str, subject: str) -> dict[Printed, str]:
    """What they vouch for, as far as they are true and of this very subject; one statement, scoped.

    An old QR code counts only if the paper was known when codes became keyed: nobody makes another one.
    """
    wanted = {paper.code or check_codes.old_code(paper.digest) for paper in printed}
    rows = IssuedPaper.objects.filter(code__in=wanted, kind=kind, subject=subject)
    digests = {}
    for row in rows:
        if row.is_old:
            digests[Printed(digest=row.digest)] = row.digest
        elif check_codes.is_of(row.code, row.facts):
            digests[Printed(code=row.code)] = row.digest
    return digests


def look_up(text: str) -> Looked | None:
    """The paper that carries this code, as typed or scanned; `None` for everything else, at the same cost."""
    code = check_codes.typed(text)
    with whole_country(reason="papers are looked up by whoever holds them"):
        rows = list(IssuedPaper.objects.filter(code=code or DUMMY).order_by("-pk")[:MOST])
        return _looked(code, rows)


def _looked(code: str, rows: Sequence[IssuedPaper]) -> Looked | None:
    facts = rows[0].facts if rows else NOTHING
    is_true = check_codes.is_of(code or DUMMY, facts)
    is_old = check_codes.is_old(code)
    if not rows or not (is_true or (is_old and rows[0].is_old)):
        return None
    paper = rows[0]
    if is_old and len({row.facts for row in rows}) > 1:
        return Looked(code, "", "", "", "", Standing.UNTOLD, is_old=True, is_ambiguous=True)
    standing_of = _standings.get(paper.kind)
    standing = standing_of(paper) if standing_of else Standing.UNTOLD
    return Looked(
        code, paper.project, paper.unit, paper.number, paper.digest, standing, is_old=is_old
    )
