"""A three-party agreement as PDF, to be signed and sealed by all three (rules §4).

Invariant: the paper says what the agreement said when it was drawn (`wording`), and nothing else; the printed check
code and the QR code on every page name exactly that.
"""

import io
from collections.abc import Iterable, Sequence
from typing import IO, Any

from pypdf import PdfWriter

from apps.allocation.domain.quantities import price
from apps.distribution.domain.agreements.check_codes import facts_of
from apps.distribution.models import Agreement
from apps.distribution.models.wording import Product, Wording
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
from apps.projects.domain.capitals import in_capitals
from apps.quarantine.found import CODE_KEY
from apps.ui.formats import whole, yuan

INTRO = "甲、乙、丙三方根据“{project}”中选结果和约定采购量，就下列中选产品的采购、供应和配送达成如下协议："
CLAUSES = (
    "一、协议期限：{period}\n"
    "二、采购：甲方按上表完成协议采购量，优先使用中选产品；乙方按中选价格足量供应，并委托丙方配送。\n"
    "三、配送时限：{delivery}\n"
    "四、付款期限：{payment}\n"
    "五、违约责任：{breach}\n"
    "六、本协议一式三份，三方各执一份，自三方签字盖章之日起生效。数量为最小制剂单位，单价为每包装中选价格。"
)
COLUMNS = (
    "序号",
    "产品编码",
    "品种名称",
    "规格",
    "包装",
    "单价（元）",
    "协议采购量",
    "折合包装",
    "金额（元）",
)
WIDTHS = (5, 11, 14, 14, 7, 9, 11, 10, 12)
ALIGN = "cllllrrlr"
PARTIES = ("甲方（盖章）", "乙方（盖章）", "丙方（盖章）")
PEOPLE = ("授权代表（签字）", "授权代表（签字）", "授权代表（签字）")
DATES = ("日期", "日期", "日期")
BLANK = "____________________________"
ROOM = 115
"""Millimetres of clauses and signatures: they never stand alone on a page."""


def write_agreement(file: IO[bytes], agreement: Agreement) -> int:
    """Issue one agreement and lay it out. Returns the number of pages."""
    code, said = issue(facts_of(agreement), path=agreement.path), agreement.said
    return write_pdf(
        file,
        Document(
            title="药品集中采购三方协议" if said.is_medicine else "医用耗材集中采购三方协议",
            subtitle=said.project,
            blocks=_blocks(agreement, code),
            footer=f"协议编号 {agreement.code}  校验码 {in_groups(code)}",
            keywords=f"{CODE_KEY}{code}",
            qr=address_of(code),
        ),
    )


def write_agreements(file: IO[bytes], documents: Iterable[Agreement]) -> None:
    """Many agreements in one PDF, each with its own page numbers."""
    writer = PdfWriter()
    for agreement in documents:
        part = io.BytesIO()
        write_agreement(part, agreement)
        writer.append(part)
    writer.write(file)


def filename_of(agreement: Agreement) -> str:
    return f"三方协议_{agreement.code}_{agreement.said.carrier.name}.pdf"


def _blocks(agreement: Agreement, code: str) -> list[Block]:
    shown, said = in_groups(code), agreement.said
    facts = (
        ("协议编号", agreement.code),
        ("甲方（医疗机构）", f"{said.institution.name}（{said.institution.code}）"),
        ("乙方（生产企业）", f"{said.manufacturer.name}（{said.manufacturer.code}）"),
        ("丙方（配送企业）", f"{said.carrier.name}（{said.carrier.code}）"),
        ("校验码", shown),
    )
    return [
        Heading(facts=facts, qr=Qr(address_of(code), size=26)),
        Text(INTRO.format(project=said.project)),
        _table(said.products),
        Room(ROOM),
        Text(
            f"合计：{whole(len(said.products))} 个产品，金额 {yuan(agreement.amount)}，"
            f"人民币（大写）{in_capitals(agreement.amount)}。"
        ),
        Text(CLAUSES.format(**said.clauses)),
        Signatures(PARTIES),
        Signatures(PEOPLE),
        Space(),
        Text(_contacts(said)),
        Signatures(DATES),
        Space(),
        Text(
            f"以上签字和盖章对编号 {agreement.code}、校验码 {shown} 的全部明细有效。",
            quiet=True,
            size=9,
        ),
    ]


def _contacts(said: Wording) -> str:
    """Where each is and whom to call, as far as the platform knew; the rest is written by hand."""
    parties = (("甲方", said.institution), ("乙方", said.manufacturer), ("丙方", said.carrier))
    return "\n".join(
        f"{name}地址：{party.address or BLANK}\n{name}联系人和电话：{party.contact or BLANK}"
        for name, party in parties
    )


def _table(products: Sequence[Product]) -> Table:
    rows = [_cells(number, product) for number, product in enumerate(products, start=1)]
    return Table(headers=COLUMNS, rows=rows, widths=WIDTHS, align=ALIGN, size=8.5)


def _cells(number: int, product: Product) -> tuple[Any, ...]:
    return (
        number,
        product.item_code,
        product.variety,
        product.specification,
        f"{product.pack} {product.unit}",
        price(product.exact_price),
        f"{whole(product.quantity)} {product.unit}",
        product.packs or "—",
        f"{product.exact_amount:,}",
    )
