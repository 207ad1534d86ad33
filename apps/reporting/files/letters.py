"""承诺函 and 需求量汇总表 as PDF, with the institution's own numbers, to be signed and sealed (S2-20, S3-08).

Invariant: the printed check code and the QR code on every page name exactly the numbers that stand on the pages.
"""

from collections.abc import Sequence
from typing import IO, Any

from django.utils import timezone

from apps.exchange.domain.issued import issue
from apps.exchange.files.check_codes import address_of, in_groups
from apps.exchange.files.pdf import (
    Block,
    Document,
    Heading,
    Qr,
    Room,
    Signatures,
    Space,
    Table,
    Text,
    write_pdf,
)
from apps.projects.models import Attachment, Project, ProjectKind
from apps.quarantine.found import CODE_KEY
from apps.reporting.domain.fingerprints import facts_of, fingerprint
from apps.reporting.domain.sheet.rows import Row, rows_of
from apps.reporting.files.columns import bought_title
from apps.review.models import Filing
from apps.ui.formats import whole, yuan

PROMISE = (
    "本单位参加“{project}”，现就上报的采购需求量承诺如下：\n"
    "一、所报采购需求量根据临床实际使用情况、上年采购情况和业务发展测算，经本单位集体研究审定，真实、准确、完整。\n"
    "二、本单位按照集中带量采购的有关规定，以所报需求量确定约定采购量，优先使用中选产品，完成约定采购量，按时结清货款。\n"
    "三、所报数据以平台中的上报数据为准，与本函所附明细一致；如有不实，由本单位承担相应责任。"
)
CONFIRMED = "下表为本单位在“{project}”中上报的采购需求量，已逐项核对无误，与平台中的上报数据一致。"
BOUGHT = "下表为本单位在“{project}”中填报的历史采购量，已逐项核对无误，真实、准确、完整，与平台中的上报数据一致。"
UNLISTED = "未列出的 {number} 个品规为 0。"
DRAFT = "注意：还有 {number} 个品规没有填写，本件不能用于签章；请填写完整后重新下载。"
SIGNED_BY = ("法定代表人（签字）", "分管负责人（签字）", "经办人（签字）")
SEALED = ("联系电话", "医疗机构（盖章）", "日期")
SIGNED_FOR = "以下签字和盖章对以上全部明细有效，校验码 {code}。"
ROOM = 60  # millimetres that the sum and both rows take: signatures never stand alone
COLUMNS = (
    "序号",
    "品规编号",
    "品种名称",
    "规格",
    "单位",
    "{bought}",
    "预采购量",
    "增幅/降幅",
    "增幅降幅说明",
)
WIDTHS = (6, 11, 18, 18, 6, 12, 12, 10, 20)
ALIGN = "clllcrrrl"
OF_HISTORY = 6  # columns of a history task: it collects what a demand project compares with


def write_letter(file: IO[bytes], *, project: Project, filing: Filing) -> int:
    """Issue and lay out what the project demands of the filing, as its lines stand now. Returns the number of pages."""
    rows, unit = rows_of(project, filing), filing.organization
    code = issue(facts_of(project, filing, fingerprint(filing)), path=filing.path)
    title = project.get_attachment_display()
    return write_pdf(
        file,
        Document(
            title=f"{_kind_of_goods(project)}集中采购{title}",
            subtitle=project.name,
            blocks=_blocks(project, filing, rows, code),
            footer=f"{unit.name}（{unit.code}） {title} 校验码 {in_groups(code)}",
            keywords=f"{CODE_KEY}{code}",
            landscape=True,
            qr=address_of(code),
        ),
    )


def filename_of(project: Project, filing: Filing) -> str:
    return f"{project.get_attachment_display()}_{filing.organization.name}_{project.code}.pdf"


def _kind_of_goods(project: Project) -> str:
    return str(project.get_product_type_display())


def _blocks(project: Project, filing: Filing, rows: Sequence[Row], code: str) -> list[Block]:
    unit = filing.organization
    blank = sum(row.planned is None for row in rows)
    facts = (
        ("医疗机构", f"{unit.name}（{unit.code}）"),
        ("项目", f"{project.name}（{project.code}）"),
        ("生成时间", f"{timezone.localtime():%Y-%m-%d %H:%M}"),
        ("校验码", in_groups(code)),
    )
    text = PROMISE if project.attachment == Attachment.LETTER else CONFIRMED
    if project.kind == ProjectKind.HISTORY:
        text = BOUGHT
    blocks: list[Block] = [
        Heading(facts=facts, qr=Qr(address_of(code), size=26)),
        Text(text.format(project=project.name)),
    ]
    if blank:
        blocks.append(Text(DRAFT.format(number=whole(blank))))
    wanted = [row for row in rows if row.planned]
    blocks += [_table(project, wanted), Room(ROOM), Text(_total(wanted, rows, blank))]
    blocks.append(Text(SIGNED_FOR.format(code=in_groups(code)), quiet=True, size=9))
    return [*blocks, Signatures(SIGNED_BY), Space(), Signatures(SEALED)]


def _table(project: Project, rows: Sequence[Row]) -> Table:
    is_history = project.kind == ProjectKind.HISTORY
    number = OF_HISTORY if is_history else len(COLUMNS)
    bought = bought_title(project.baseline_years)
    return Table(
        headers=[column.format(bought=bought) for column in COLUMNS[:number]],
        rows=[_cells(place, row, is_history=is_history) for place, row in enumerate(rows, 1)],
        widths=WIDTHS[:number],
        align=ALIGN[:number],
        size=8.5,
    )


def _cells(number: int, row: Row, *, is_history: bool) -> tuple[Any, ...]:
    item = row.item
    named = number, item.item_code, item.variety, item.specification, item.unit
    if is_history:
        return *named, whole(row.planned)
    return (
        *named,
        whole(row.baseline.shown or None),
        whole(row.planned),
        row.rate,
        row.words,
    )


def _total(wanted: Sequence[Row], rows: Sequence[Row], blank: int) -> str:
    parts = [f"合计：有数量的品规 {whole(len(wanted))} 个"]
    amounts = [row.amount for row in wanted if row.amount is not None]
    if amounts:
        parts.append(f"按参考价估算金额 {yuan(sum(amounts))} 元".replace("¥ ", ""))
    zeros = len(rows) - len(wanted) - blank
    unlisted = UNLISTED.format(number=whole(zeros)) if zeros else ""
    return f"{'，'.join(parts)}。{unlisted}数量为最小制剂单位。"
