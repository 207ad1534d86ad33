"""Writes the case (案卷) of a filing, or of all filings below a bureau: one ZIP that is checked without us.

    README.txt · verify.py · index.csv
    project/rules.json · project/corrections/…
    filings/<code>/filing.json · filing.xlsx · papers/…
    manifest.sha256 · seal.txt

Invariants: memory holds a batch of filings, whatever their number; one log entry for each ZIP, in one transaction with
its check code.
"""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission
from apps.audit.services import record
from apps.exchange.domain.issued import issue
from apps.exchange.files.check_codes import in_groups
from apps.exchange.files.columns import Column, Kind, SheetSpec
from apps.exchange.files.writer import write_csv
from apps.review.domain.casefiles import standing
from apps.review.domain.casefiles.facts import facts_of
from apps.review.domain.casefiles.reading import Case, cases_under, filings_under
from apps.review.domain.casefiles.rules import corrections_of, rules_of
from apps.review.domain.labels import status_text
from apps.review.files.casefiles import verify
from apps.review.files.casefiles.book import write_book
from apps.review.files.casefiles.bundle import Bundle
from apps.review.models import Filing
from apps.scope.reading import one_transaction

INDEX = SheetSpec(
    "清单",
    (
        Column("code", "编码", Kind.CODE),
        Column("name", "名称"),
        Column("tier", "层级"),
        Column("status", "状态"),
        Column("versions", "上报次数", Kind.WHOLE),
        Column("papers", "附件", Kind.WHOLE),
        Column("folder", "文件夹"),
    ),
)
README = """案卷：{unit}（{code}）
项目：{project}（{project_code}）
生成：{at}  {by}
共 {total} 份申报单。

filings/  每份申报单一个文件夹：filing.json 是全部上报版本、审核记录（带哈希链）、附件、审计封印和撤回申请，
          filing.xlsx 是同样的内容，供阅读，papers/ 是随上报提交的签章件。只含已上报的内容，不含草稿。
project/  发布的规则、各级时间、补报和更正。
index.csv 各申报单的清单。
manifest.sha256  除它和 seal.txt 以外全部文件的 SHA-256；seal.txt 是清单的 SHA-256 和校验码。

离线核验（不需要网络，Python 3.8 或更新，不需要安装任何东西）：
    python verify.py              在解开的文件夹里运行
    python verify.py 案卷.zip     不解开
请用从平台另外取得的 verify.py 核验来历不明的案卷：案卷里的一切都可能被人换过，包括这个程序。

离线核验重新计算：每个文件的 SHA-256；每份申报单审核记录的哈希链，以及状态、版本与记录一致；每次上报都有版本；
报量各版本的条数、金额和签章件的数据摘要；分量的协议采购量和合同金额。
只有持有密钥的平台能核验：校验码（文件查验）、审计封印、签章件上各页的校验码。
"""
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Made:
    """A case that was written."""

    filename: str
    filings: int
    check_code: str


@one_transaction()
def write_casefile(
    file: IO[bytes], top: Filing, *, by: Actor, progress: Progress = lambda *_told: None
) -> Made:
    """Of a filing with its organization and project that `by` may read. Raises `PermissionDenied`."""
    if not by.may(Permission.EXPORT):
        raise PermissionDenied
    total = filings_under(top).count()
    with Bundle(file) as bundle:
        bundle.add("README.txt", _readme(top, total, by).encode("utf-8-sig"))
        bundle.add("verify.py", Path(verify.__file__).read_bytes())
        _add_project(bundle, top)
        with tempfile.TemporaryFile() as index:
            write_csv(index, INDEX, _cases(bundle, top, total, by, progress))
            index.seek(0)
            bundle.add("index.csv", index)
        code = issue(standing.facts_of(top, bundle.digest), path=by.path)
        bundle.seal(in_groups(code))
    _record(top, total, bundle.digest, in_groups(code), by)
    name = f"案卷-{top.project.code}-{top.organization.name}-{timezone.localtime():%Y%m%d-%H%M}.zip"
    return Made(name, total, in_groups(code))


def _readme(top: Filing, total: int, by: Actor) -> str:
    unit, project = top.organization, top.project
    place = f"（{by.organization.name}）" if by.organization else ""
    return README.format(
        unit=unit.name,
        code=unit.code,
        project=project.name,
        project_code=project.code,
        at=f"{timezone.localtime():%Y-%m-%d %H:%M:%S}",
        by=f"{by.name}{place}",
        total=f"{total:,}",
    )


def _add_project(bundle: Bundle, top: Filing) -> None:
    """The rules, and the papers that corrections rest on."""
    bundle.add_json("project/rules.json", rules_of(top))
    for correction in corrections_of(top.project):
        ending = Path(correction.file.name).suffix
        with correction.file.open("rb") as paper:
            bundle.add(f"project/corrections/{correction.number}{ending}", paper)


def _cases(
    bundle: Bundle, top: Filing, total: int, by: Actor, progress: Progress
) -> Iterator[dict[str, Any]]:
    """Adds one case after the other; what the index says of each."""
    for done, case in enumerate(cases_under(top, by=by), start=1):
        filing, folder = case.filing, f"filings/{case.filing.organization.code}"
        _add_case(bundle, case, folder)
        yield {
            "code": filing.organization.code,
            "name": filing.organization.name,
            "tier": filing.get_tier_display(),
            "status": status_text(filing),
            "versions": len(case.kept.versions),
            "papers": len(case.papers),
            "folder": folder,
        }
        progress(done, total, "正在写入")


def _add_case(bundle: Bundle, case: Case, folder: str) -> None:
    files: dict[int, str] = {}
    for number, (paper, _reported) in enumerate(case.papers, start=1):
        name = f"papers/{number}.pdf"
        try:
            content = paper.file.open("rb")
        except FileNotFoundError:
            continue  # the check of the case says that it is missing
        with content:
            bundle.add(f"{folder}/{name}", content)
        files[paper.pk] = name
    bundle.add_json(f"{folder}/filing.json", facts_of(case, files))
    with tempfile.TemporaryFile() as book:
        write_book(book, case)
        book.seek(0)
        bundle.add(f"{folder}/filing.xlsx", book)


def _record(top: Filing, total: int, digest: str, code: str, by: Actor) -> None:
    unit, project = top.organization, top.project
    record(
        by=by,
        verb="导出",
        object=f"案卷 {unit.name}",
        sentence=f"{unit.name}在“{project.name}”的案卷，{total:,} 份申报单，校验码 {code}，清单 SHA-256 {digest}",
        path=by.path,
        project_code=project.code,
    )
