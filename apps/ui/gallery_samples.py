"""The made-up content of the gallery."""

from dataclasses import dataclass

from django import forms

from apps.ui import tables

SAMPLES = [
    ("阿托伐他汀钙片", "AT-0412 · 20mg×7片", "片", 8597, 7995, 10093, ("已填", "success")),
    ("氨氯地平片", "AL-0117 · 5mg×28片", "片", 5073, 4717, 5052, ("已填", "success")),
    ("二甲双胍缓释片", "EJ-0208 · 0.5g×30片", "片", 20589, 19147, 22220, ("已填", "success")),
    ("头孢呋辛酯片", "TB-0315 · 250mg×12片", "片", 19833, 18444, 14922, ("已填", "success")),
    ("奥美拉唑肠溶胶囊", "AM-0901 · 20mg×14粒", "粒", 1231, 1144, 1756, ("波动大", "warning")),
    ("氯吡格雷片", "LB-0512 · 75mg×7片", "片", 16175, 15042, None, ("未填", "neutral")),
    ("恩替卡韦分散片", "ET-0077 · 0.5mg×28片", "片", 8478, 7884, 7235, ("已填", "success")),
    ("孟鲁司特钠咀嚼片", "ML-0640 · 4mg×6片", "片", 16209, 15074, 18361, ("已填", "success")),
    (
        "左氧氟沙星氯化钠注射液",
        "ZY-0333 · 100ml:0.5g",
        "瓶",
        18810,
        17493,
        20335,
        ("已填", "success"),
    ),
    ("注射用头孢曲松钠", "ZT-0802 · 1.0g", "支", 21740, 20218, None, ("未填", "neutral")),
    ("瑞舒伐他汀钙片", "RS-0119 · 10mg×28片", "片", 8399, 7811, 10145, ("已填", "success")),
    ("缬沙坦胶囊", "XS-0921 · 80mg×28粒", "粒", 17943, 16686, 18157, ("已填", "success")),
]
INSTITUTIONS = (
    "武汉市第一医院",
    "武昌区中医医院",
    "武汉市中心医院",
    "水果湖街社区卫生服务中心",
    "湖北省人民医院",
)
STATUSES = (
    ("待市医保审核", "waiting"),
    ("市医保审核通过", "success"),
    ("已退回", "returned"),
    ("填报中", "working"),
)


@dataclass(frozen=True)
class Status:
    """What a status enum member looks like to a component."""

    label: str
    tone: str


class SampleForm(forms.Form):
    """One field of each kind, some of them refused."""

    name = forms.CharField(label="姓名", help_text="与身份证一致。")
    phone = forms.CharField(label="手机号")
    product_type = forms.ChoiceField(
        label="产品类型", choices=[("", "请选择"), ("1", "药品"), ("2", "耗材")]
    )
    reason = forms.CharField(
        label="退回原因", widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    letter = forms.FileField(label="承诺函", required=False, help_text="一份 PDF，不超过 20 MB。")
    tiers = forms.MultipleChoiceField(
        label="参与层级",
        choices=[("p", "省医保"), ("c", "市医保"), ("q", "区县医保")],
        widget=forms.CheckboxSelectMultiple,
    )
    agree = forms.BooleanField(label="我已核对全部数量", required=False)


class SampleQuery(forms.Form):
    """A query bar with more fields than fit."""

    name = forms.CharField(
        label="医疗机构",
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "名称 / 首字母 / 编码"}),
    )
    status = forms.ChoiceField(
        label="审核状态", required=False, choices=[("", "全部"), ("1", "待审核")]
    )
    grade = forms.ChoiceField(label="等级", required=False, choices=[("", "全部"), ("3", "三级")])
    kind = forms.ChoiceField(
        label="机构类型", required=False, choices=[("", "全部"), ("1", "公立")]
    )
    since = forms.DateField(
        label="上报日期", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    area = forms.CharField(label="地区", required=False)


class SampleTable(tables.ListTable):
    """A review queue of made-up filings."""

    caption = "申报单"
    select = tables.SelectColumn(
        accessor="number",
        selectable=lambda record: record["status"].tone != "success",
        name_of=lambda record: record["name"],
    )
    name = tables.Column(verbose_name="医疗机构")
    code = tables.Column(verbose_name="机构编码")
    status = tables.StatusColumn(verbose_name="审核状态", orderable=False)
    items = tables.QuantityColumn(verbose_name="品规数（个）")
    quantity = tables.QuantityColumn(verbose_name="协议采购量（片）")
    amount = tables.MoneyColumn(verbose_name="合同金额（元）")
    change = tables.PercentColumn(verbose_name="变化", signed=True)
    submitted_at = tables.MomentColumn(verbose_name="上报时间")
    contact = tables.Column(verbose_name="联系人", attrs={"td": {"class": "minor"}})
    actions = tables.CellColumn("ui/_gallery_actions.html", verbose_name="操作", empty_values=())
