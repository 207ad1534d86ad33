"""What the demo's bureaus have published: notices, answered questions and a sheet to download.

Invariant: a title is published once by a unit; what a visitor withdrew stays withdrawn.
"""

import io
from dataclasses import dataclass

from django.core.files.base import ContentFile

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.accounts.models.roles import Role
from apps.exchange.files.pdf import Document, Table, Text, write_pdf
from apps.notices.attachments import Checked, check_attachment
from apps.notices.models import Notice, NoticeKind
from apps.notices.services import Content, create_notice

from .allocation_round import NAME


@dataclass(frozen=True, slots=True)
class Announcement:
    """A notice of the account `by`; `sheet` names the PDF that comes with it."""

    by: str
    content: Content
    sheet: str = ""


def _notice(title: str, body: str, *audience: Role, is_pinned: bool = False) -> Content:
    return Content(NoticeKind.NOTICE, title, body, audience, is_pinned)


ANNOUNCEMENTS = (
    Announcement(
        "alliance",
        _notice(
            "关于开展中成药集中带量采购约定采购量分配工作的通知（演示）",
            f"各有关单位：\n\n“{NAME}”已经发布。请各医疗机构在规定时间内完成中选产品采购量确认、待分配量选择和确认，"
            "并在“分配采购量确认上报”中上报；各级医保部门按时审核、提交。\n\n"
            "三个分配项的份额为演示值，企业、价格、产能和采购量均为虚构。",
            is_pinned=True,
        ),
    ),
    Announcement(
        "province42",
        _notice(
            "湖北省关于做好分量审核工作的提示（演示）",
            "请各市州医保部门每日查看“中选结果分量信息审核”，对已上报的医疗机构及时审核；数据有问题的，"
            "退回修改并写明原因。所辖机构全部审核通过后提交省医保。",
            Role.CITY,
            Role.COUNTY,
        ),
    ),
    Announcement(
        "city4201",
        _notice(
            "请尚未上报的医疗机构抓紧填报（演示）",
            "请还没有上报的医疗机构抓紧完成分配和上报。首次登录须修改初始密码；密码忘记的，请联系武汉市医疗保障局重置。",
            Role.INSTITUTION,
        ),
    ),
    Announcement(
        "alliance",
        Content(
            NoticeKind.DOWNLOAD,
            "合同量填写说明（演示）",
            "填写范围、计算规则和算例，一页。",
        ),
        sheet="合同量填写说明.pdf",
    ),
    *(
        Announcement("alliance", Content(NoticeKind.FAQ, question, answer))
        for question, answer in (
            (
                "合同量填多少才算分配完成？",
                "已分配量与待分配量相差不到一个最小包装即可；页面给出按整包装计算的建议值，可以一键采用。",
            ),
            (
                "为什么有的记录没有“日均费用最低中选企业”？",
                "同一产品组内日均费用最低和降幅最高是同一家企业时不显示该项，其份额并入“降幅最高中选企业分配量”。",
            ),
            (
                "保存时提示剩余产能不足怎么办？",
                "中选产品的最大产能由所有医疗机构共用，先保存的先占用。请减少该产品的合同量，或者选择同组其他中选产品。",
            ),
            (
                "确认以后发现填错了怎么办？",
                "上报之前可以点“撤回”后重新分量；上报之后由上级医保部门退回修改。",
            ),
            (
                "忘记密码怎么办？",
                "请联系上级医保部门重置密码。重置后的一次性密码只显示一次，登录后须立即修改。",
            ),
        )
    ),
)


def load_announcements() -> None:
    authors = User.objects.select_related("organization").in_bulk(
        {announcement.by for announcement in ANNOUNCEMENTS}, field_name="username"
    )
    for announcement in ANNOUNCEMENTS:
        author = authors[announcement.by]
        own = Notice.objects.of_publisher(author.path)
        if not own.filter(title=announcement.content.title).exists():
            files = [_sheet(announcement.sheet)] if announcement.sheet else []
            create_notice(
                by=Actor.of(author), content=announcement.content, files=files, publish=True
            )


def _sheet(name: str) -> Checked:
    file = io.BytesIO()
    write_pdf(file, SHEET)
    return check_attachment(ContentFile(file.getvalue(), name=name))


SHEET = Document(
    title="合同量填写说明",
    subtitle="演示",
    blocks=(
        Text(
            "一、填写范围：合同量是最小制剂单位的整数。只填一条时，合同量须在下列两数之间，两端都不含。"
        ),
        Text("待分配量 ÷ 待分配品规日均使用量 × 所选产品日均使用量 ± 所选产品最小包装数量"),
        Text("填写多条时，先扣除其他各条的已分配量，再按包装数量最大的一条计算。"),
        Text("二、计算规则"),
        Table(
            headers=("名称", "计算"),
            rows=(
                ("已分配量", "合同量 ÷ 所选产品日均使用量 × 待分配品规日均使用量"),
                ("日均使用金额", "包装中选价 ÷ 最小包装数量 × 所选产品日均使用量"),
                ("合同金额", "包装中选价 ÷ 最小包装数量 × 合同量"),
            ),
            widths=(1, 4),
        ),
        Text(
            "三、算例：待分配量 10,000，日均使用量 6；所选产品日均使用量 9，包装 36，中选价 28.80 元。"
        ),
        Table(
            headers=("合同量", "是否可以", "已分配量", "合同金额（元）"),
            rows=(
                ("14,964", "否，等于下限", "", ""),
                ("14,976", "是，416 个整包装", "9,984", "11,980.80"),
                ("15,036", "否，等于上限", "", ""),
            ),
            widths=(1, 2, 1, 1),
            align="rlrr",
        ),
    ),
)
