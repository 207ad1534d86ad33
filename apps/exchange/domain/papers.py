"""Papers that the office signs and seals: tables with everything on them that proves what was signed.

Invariants: the check code is made of the digest of what stands in the tables, so that the same data gives the same
code whenever they are printed; it stands in the heading, on every page, there also as a QR code, and in the operation
log. `mark` changes whenever the content may, and is empty while the paper may not be signed; whoever looks the paper
up is told whether it is still what it was.

In `apps/<app>/files/papers.py` (imported at start):

    BASE_PAPER = register_paper(PaperSpec(
        name="volumes.base",
        title="约定采购量计算基数签章件",
        build=base_paper,                     # context -> Paper, within the scope of the person
        count=count_rows,                     # context -> number of rows, or a guess
        mark=version_in_force,                # context -> what the paper is of, as it is now
        permissions=(Permission.EXPORT,),
    ))

and in a view: `return paper_response(request, BASE_PAPER, context={"version_id": …})`. Short ones are made at once,
long ones as a job. Quantities and amounts reach a paper as the text that it shows.
"""

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import IO, TYPE_CHECKING, Any

from django.utils import timezone

from apps.audit.services import record
from apps.exchange.domain.issued import Facts, Standing, issue, register_standing
from apps.exchange.domain.paper_content import Paper
from apps.exchange.files.check_codes import address_of, in_groups
from apps.exchange.files.lettering import Unprintable
from apps.exchange.files.paper_layout import blocks_of
from apps.exchange.files.pdf import Document, write_pdf
from apps.exchange.models import IssuedPaper
from apps.jobs import owners
from apps.jobs.registry import background
from apps.scope.reading import one_transaction

if TYPE_CHECKING:
    from apps.jobs.running import JobRun

Context = Mapping[str, Any]
AT_ONCE = 1_000  # rows that a page may lay out itself
NUMBERING = ("范围", "版本")
"""Facts of a paper that tell it from others of its kind."""
DRAFT = "未定稿，不能用于签章"


@dataclass(frozen=True, slots=True)
class PaperSpec:
    """One kind of paper; see the module's docstring."""

    name: str
    title: str
    build: Callable[[Context], Paper]
    count: Callable[[Context], int]
    mark: Callable[[Context], str]
    permissions: tuple[str, ...] = ()
    refusals: tuple[type[Exception], ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """A paper that was made."""

    filename: str
    pages: int
    check_code: str


def register_paper(spec: PaperSpec) -> PaperSpec:
    """Make a kind of paper known to the worker and to whoever looks one up. Returns it."""
    background(
        job_name(spec),
        title=spec.title,
        permissions=spec.permissions,
        refusals=(*spec.refusals, Unprintable),
        renewable=True,
    )(partial(_in_background, spec))
    register_standing(spec.name, partial(_standing, spec))
    return spec


def job_name(spec: PaperSpec) -> str:
    return f"{spec.name}:paper"


@one_transaction()
def write_paper(file: IO[bytes], spec: PaperSpec, context: Context, *, by: Any) -> Written:
    """Lay the paper out, and put it into the operation log with its check code."""
    paper = spec.build(context)
    path, enterprise_id = owners.place_of(by.user)
    code = issue(_facts(spec, context, paper, by), path=path, enterprise_id=enterprise_id)
    shown = in_groups(code)
    pages = write_pdf(
        file,
        Document(
            title=paper.title,
            blocks=_blocks(paper, code, by),
            footer=f"校验码 {shown}  {paper.title}",
            keywords=code,
            landscape=True,
            qr=address_of(code),
        ),
    )
    record(
        by=by,
        verb="导出",
        object=paper.title,
        sentence=f"生成签章件“{paper.title}”，共 {pages:,} 页，校验码 {shown}",
        path=path,
        project_code=paper.project_code,
        enterprise_id=enterprise_id,
    )
    name = f"{paper.title}-{paper.project_code}-{timezone.localtime():%Y%m%d-%H%M}.pdf"
    return Written(name, pages, code)


def _facts(spec: PaperSpec, context: Context, paper: Paper, by: Any) -> Facts:
    """`subject` keeps what the paper was of and its mark, so that both stand under the code."""
    said = [value for name, value in paper.about if name in NUMBERING]
    draft = [DRAFT] if paper.warning else []
    return Facts(
        kind=spec.name,
        subject=json.dumps([dict(context), spec.mark(context)], ensure_ascii=False, sort_keys=True),
        project=f"{paper.project_name}（{paper.project_code}）",
        unit=_signer(by),
        number="；".join([paper.title, *said, *draft]),
        digest=paper.digest,
    )


def _signer(by: Any) -> str:
    unit = by.organization or (by.user and by.user.enterprise)
    return str(unit.name) if unit else ""


def _standing(spec: PaperSpec, issued: IssuedPaper) -> Standing:
    context, then = json.loads(issued.subject)
    now = spec.mark(context)
    if not now:
        return Standing.VOID
    return Standing.CURRENT if now == then else Standing.REPLACED


def _blocks(paper: Paper, code: str, by: Any) -> list[Any]:
    unit = f"（{by.organization.name}）" if by.organization else ""
    facts = (
        ("项目", f"{paper.project_name}（{paper.project_code}）"),
        *paper.about,
        ("生成时间", f"{timezone.localtime():%Y-%m-%d %H:%M}  {by.name}{unit}"),
        ("校验码", in_groups(code)),
    )
    return blocks_of(
        facts=facts,
        qr=address_of(code),
        statement=paper.statement,
        warning=paper.warning,
        sections=paper.sections,
        closing=paper.closing,
        seals=paper.seals,
        proof=f"以上签字和盖章对校验码 {in_groups(code)} 的全部明细有效。SHA-256 {paper.digest}",
    )


def _in_background(spec: PaperSpec, job: "JobRun", *, context: dict[str, Any]) -> None:
    total = spec.count(context)
    job.progress(0, total, "正在读取和排版")
    with tempfile.TemporaryFile() as file:
        made = write_paper(file, spec, context, by=job.actor)
        job.progress(total, total, "正在保存")
        job.result(file, made.filename)
    job.say(f"已生成签章件，共 {made.pages:,} 页，校验码 {in_groups(made.check_code)}。")
