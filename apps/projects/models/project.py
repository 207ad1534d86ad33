"""The project and its policies. Invariant: policies are frozen from publication on; windows and switches are not."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from apps.audit.domain.change_triggers import Told, tracked
from apps.organizations.models import Tier
from apps.scope.managers import ScopedManager

from .choices import (
    BUREAU_CHAIN,
    Approval,
    Attachment,
    ExplanationDirection,
    ExplanationScope,
    Gate,
    PackRounding,
    Phase,
    ProductType,
    ProjectKind,
    RoundingMode,
    Withdrawal,
)
from .codes import STORED_PROJECT_CODE
from .correction_triggers import name_corrected
from .triggers import (
    back_by_two,
    code_fixed_after_draft,
    only_drafts_deleted,
    phases_in_order,
    policies_frozen,
)
from .visibility import through_project

__all__ = ["Project", "ProjectQuerySet", "through_project"]

CHAIN_CHOICES = [(tier.value, tier.label) for tier in BUREAU_CHAIN]
SHARE = (MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1)))
YEAR = (MinValueValidator(2000), MaxValueValidator(2100))


class ProjectQuerySet(models.QuerySet["Project"]):
    def in_progress(self) -> "ProjectQuerySet":
        return self.filter(phase__in=[Phase.PUBLISHED, Phase.CLOSED])

    def of_kind(self, kind: ProjectKind) -> "ProjectQuerySet":
        return self.filter(kind=kind)

    def recent_first(self) -> "ProjectQuerySet":
        return self.order_by(F("published_at").desc(nulls_first=True), "-pk")


def default_chain() -> list[str]:
    return [Tier.CITY, Tier.PROVINCE]


def default_baseline_years() -> list[int]:
    """The calendar year before this one."""
    return [timezone.localdate().year - 1]


@tracked(Told("changed.name", project="changed.id"))
class Project(models.Model):
    """One round of procurement: what, for whom, when, under which rules."""

    code = models.SlugField(
        "项目编码",
        max_length=40,
        unique=True,
        help_text="字母、数字、短横线和下划线，会出现在网址里。",
    )
    name = models.CharField("项目名称", max_length=120)
    pinyin = models.CharField("拼音首字母", max_length=100, blank=True, editable=False)
    product_type = models.CharField(
        "产品类型", max_length=12, choices=ProductType.choices, default=ProductType.DRUG
    )
    kind = models.CharField("任务类型", max_length=12, choices=ProjectKind.choices)
    phase = models.CharField(
        "阶段", max_length=12, choices=Phase.choices, default=Phase.DRAFT, editable=False
    )
    description = models.TextField("说明", blank=True)
    chain = ArrayField(
        models.CharField(max_length=12, choices=CHAIN_CHOICES),
        default=default_chain,
        verbose_name="审核层级",
        help_text="医疗机构与联采办之间逐级审核的医保部门；没有该级部门的地区自动跳过。",
    )
    gate = models.CharField(
        "提交条件",
        max_length=10,
        choices=Gate.choices,
        default=Gate.LENIENT,
        help_text="下级满足什么条件，本级才能向上提交。",
    )
    approval = models.CharField(
        "审核方式",
        max_length=12,
        choices=Approval.choices,
        default=Approval.BATCH,
        help_text="是否允许勾选多家一次审核通过。",
    )
    institution_withdrawal = models.CharField(
        "医疗机构撤回",
        max_length=12,
        choices=Withdrawal.choices,
        default=Withdrawal.NONE,
        help_text="医疗机构上报之后能否撤回。",
    )
    bureau_withdrawal = models.CharField(
        "医保部门撤回",
        max_length=12,
        choices=Withdrawal.choices,
        default=Withdrawal.DIRECT,
        help_text="医保部门提交之后、上级处理之前能否撤回。",
    )
    asks_proof = models.BooleanField(
        "办理时再次验证密码",
        default=False,
        help_text="上报、审核通过、提交、发布、办结时，须再输入一次登录密码或动态验证码。",
    )
    recusal = models.BooleanField(
        "审核回避",
        default=False,
        db_default=False,
        help_text="自己填报、代填或代为提交的数据，由本单位的另一个账号或上级审核通过。",
    )
    appeal_days = models.PositiveSmallIntegerField(
        "申诉期限（天）",
        default=7,
        db_default=7,
        validators=[MaxValueValidator(365)],
        help_text="审核、退回、公布之后多少天内可以申诉，已办结的从办结起算；0 表示不受理申诉。",
    )
    answer_days = models.PositiveSmallIntegerField(
        "申诉答复期限（天）",
        default=5,
        db_default=5,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text="收到申诉之后多少天内答复；逾期的在列表和待办中标出。",
    )
    appeals_block = models.BooleanField(
        "申诉答复后才能办结",
        default=False,
        db_default=False,
        help_text="选“是”时，还有没答复的申诉就不能办结；选“否”时办结前提示件数。",
    )
    program_review = models.BooleanField(
        "接口审核",
        default=False,
        db_default=False,
        help_text="医保部门的接口令牌能否审核通过、退回修改和提交；不允许时只能在网页上办理。",
    )
    baseline_years = ArrayField(
        models.PositiveSmallIntegerField(validators=YEAR),
        default=default_baseline_years,
        size=5,
        verbose_name="基准年份",
        help_text="增幅/降幅与这些年份采购量的平均值比较；历史采购量任务填写要采集的那一年。",
    )
    explanation_scope = models.CharField(
        "增减说明",
        max_length=10,
        choices=ExplanationScope.choices,
        default=ExplanationScope.LINE,
        help_text="预采购量与基准相差超过阈值时，是否必须说明；没有历史采购量的新增品规一律要说明。",
    )
    explanation_direction = models.CharField(
        "说明方向",
        max_length=10,
        choices=ExplanationDirection.choices,
        default=ExplanationDirection.DECREASE,
        help_text="哪个方向的变动要说明。",
    )
    explanation_threshold = models.DecimalField(
        "说明阈值",
        max_digits=6,
        decimal_places=4,
        default=Decimal("0.2"),
        validators=[MinValueValidator(Decimal(0))],
        help_text="变动超过这个比例才要说明，0.2 即 20%（低于基准的 80%）。",
    )
    attachment = models.CharField(
        "上报附件",
        max_length=10,
        choices=Attachment.choices,
        default=Attachment.NONE,
        help_text="医疗机构上报前要上传的签章文件，一份 PDF。",
    )
    history_project = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="历史采购量来源",
        help_text="由哪个历史采购量任务的审核结果作为基准；不选则由省医保导入。",
    )
    agreed_ratio = models.DecimalField(
        "约定比例",
        max_digits=6,
        decimal_places=4,
        default=Decimal("0.8"),
        validators=SHARE,
        help_text="约定采购量占填报量的比例，0.8 即 80%。",
    )
    rounding = models.CharField(
        "取整方式",
        max_length=12,
        choices=RoundingMode.choices,
        default=RoundingMode.DOWN,
        help_text="由填报量算约定采购量时，不足一个最小单位的部分怎么办。",
    )
    keep_other = models.DecimalField(
        "其他中选保留比例",
        max_digits=6,
        decimal_places=4,
        default=Decimal("0.9"),
        validators=SHARE,
        help_text="降幅不是最高的中选产品保留约定采购量的比例，其余转入待分配量。",
    )
    share_lowest = models.DecimalField(
        "日均费用最低份额",
        max_digits=6,
        decimal_places=4,
        default=Decimal(0),
        validators=SHARE,
        help_text="待分配量中分给日均费用最低企业的份额，0.2 即 20%。",
    )
    share_highest = models.DecimalField(
        "降幅最高份额",
        max_digits=6,
        decimal_places=4,
        default=Decimal("0.3"),
        validators=SHARE,
        help_text="待分配量中分给降幅最高企业的份额。",
    )
    share_other = models.DecimalField(
        "其他中选份额",
        max_digits=6,
        decimal_places=4,
        default=Decimal("0.7"),
        validators=SHARE,
        help_text="三个份额之和为 1；份额为 0 的分配项不显示。",
    )
    capacity_counts_confirmed = models.BooleanField(
        "确认量计入产能", default=True, help_text="中选产品确认量从发布起占用最大产能。"
    )
    other_excludes_fixed = models.BooleanField(
        "其他中选不含固定企业",
        default=False,
        help_text="“其他中选”中不再列出日均费用最低和降幅最高的企业（没有别的企业时不起作用）。",
    )
    whole_packs_only = models.BooleanField(
        "合同量须为整包装", default=False, help_text="合同量必须是最小包装数量的整数倍。"
    )
    pack_rounding = models.CharField(
        "包装取整",
        max_length=8,
        choices=PackRounding.choices,
        default=PackRounding.DOWN,
        help_text="协议量页面和 HIS 文件里的包装数怎样取整；余量按最小单位另列，合计不变。",
    )
    copied_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    published_at = models.DateTimeField("发布时间", null=True, blank=True, editable=False)
    closed_at = models.DateTimeField("截止时间", null=True, blank=True, editable=False)
    concluded_at = models.DateTimeField("办结时间", null=True, blank=True, editable=False)
    extended_until = models.DateTimeField("延期至", null=True, blank=True, editable=False)
    extended_words = models.CharField(
        "延期说明", max_length=500, blank=True, db_default="", editable=False
    )

    objects = ScopedManager.from_queryset(ProjectQuerySet)()
    scope_lookups = through_project("")

    class Meta:
        verbose_name = verbose_name_plural = "项目"
        permissions = [("act_in_project", "在指定项目中办理")]
        indexes = [models.Index(fields=["kind", "phase"], name="project_by_kind")]
        constraints = [
            models.CheckConstraint(
                name="project_shares_sum_to_one",
                condition=Q(share_lowest=Decimal(1) - F("share_highest") - F("share_other")),
                violation_error_message="三个份额之和必须等于 1。",
            ),
            models.CheckConstraint(
                name="project_chain_has_province",
                condition=Q(chain__contains=[Tier.PROVINCE.value]),
                violation_error_message="审核层级必须包含省医保。",
            ),
            models.CheckConstraint(
                name="project_ratios_between_zero_and_one",
                condition=Q(
                    agreed_ratio__gte=0, agreed_ratio__lte=1, keep_other__gte=0, keep_other__lte=1
                )
                & Q(share_lowest__gte=0, share_highest__gte=0, share_other__gte=0),
                violation_error_message="比例和份额必须在 0 到 1 之间。",
            ),
            models.CheckConstraint(
                name="project_explanation_threshold_not_negative",
                condition=Q(explanation_threshold__gte=0),
            ),
            models.CheckConstraint(
                name="project_has_baseline_year",
                condition=Q(baseline_years__len__gt=0),
                violation_error_message="至少要有一个基准年份。",
            ),
            models.CheckConstraint(
                name="project_code_format", condition=Q(code__regex=STORED_PROJECT_CODE)
            ),
            models.CheckConstraint(
                name="project_published_at_tied_to_phase",
                condition=Q(phase__in=[Phase.DRAFT, Phase.PREPARING], published_at__isnull=True)
                | Q(
                    phase__in=[Phase.PUBLISHED, Phase.CLOSED, Phase.CONCLUDED],
                    published_at__isnull=False,
                ),
            ),
        ]
        triggers = [
            policies_frozen(),
            name_corrected(),
            phases_in_order(),
            back_by_two(),
            only_drafts_deleted(),
            code_fixed_after_draft(),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_frozen(self) -> bool:
        """Whether policies, catalogue and volumes may no longer change."""
        return self.phase not in (Phase.DRAFT, Phase.PREPARING)

    @property
    def banner(self) -> str:
        """What every page of the round says at its head: an extension, for as long as it lasts."""
        until = self.extended_until
        return self.extended_words if until is not None and timezone.now() < until else ""

    @property
    def is_in_progress(self) -> bool:
        return self.phase in (Phase.PUBLISHED, Phase.CLOSED)
