"""The words of a project's policies. Invariant: a stored value never changes, its label may."""

from django.db import models

from apps.organizations.models import Tier

BUREAU_CHAIN = (Tier.PROVINCE, Tier.CITY, Tier.COUNTY)
"""The tiers between the alliance and the institutions, from the top down."""


class ProductType(models.TextChoices):
    DRUG = "drug", "药品"
    PATENT_MEDICINE = "tcm", "中成药"
    CONSUMABLE = "consumable", "耗材"


class ProjectKind(models.TextChoices):
    DEMAND = "demand", "报量"
    HISTORY = "history", "历史采购量"
    ALLOCATION = "allocation", "分量"


OFFERED_KINDS = (ProjectKind.DEMAND, ProjectKind.HISTORY, ProjectKind.ALLOCATION)
"""The kinds that a project can be created with: those whose chain is complete."""


class Phase(models.TextChoices):
    DRAFT = "draft", "草稿"
    PREPARING = "preparing", "筹备"
    PUBLISHED = "published", "已发布"
    CLOSED = "closed", "已截止"
    CONCLUDED = "concluded", "办结"

    @property
    def tone(self) -> str:
        """How its pill looks (`apps.ui.tones`)."""
        return PHASE_TONES[self.value]


PHASE_TONES = {
    "draft": "neutral",
    "preparing": "working",
    "published": "success",
    "closed": "waiting",
    "concluded": "closed",
}


class Gate(models.TextChoices):
    LENIENT = "lenient", "已上报的全部通过即可提交"
    STRICT = "strict", "全部参加单位上报并通过才可提交"


class Approval(models.TextChoices):
    BATCH = "batch", "可批量审核"
    ONE_BY_ONE = "one_by_one", "逐一审核"


class Withdrawal(models.TextChoices):
    DIRECT = "direct", "上级处理前可直接撤回"
    ON_REQUEST = "on_request", "申请后由上级同意"
    NONE = "none", "不可撤回"


class ExplanationScope(models.TextChoices):
    """What an explanation is asked for: a line (增幅降幅说明), or the filing's total (上报理由, S3-18)."""

    LINE = "line", "逐条：变动超过阈值的品规填写说明"
    TOTAL = "total", "合计：合计变动超过阈值时填写上报理由"
    NONE = "none", "不要求说明"


class ExplanationDirection(models.TextChoices):
    DECREASE = "decrease", "降幅超过阈值"
    INCREASE = "increase", "增幅超过阈值"
    BOTH = "both", "增幅或降幅超过阈值"


class Attachment(models.TextChoices):
    """The signed PDF that an institution uploads before 上报 (S2-22, S3-08)."""

    NONE = "none", "不要求附件"
    LETTER = "letter", "承诺函"
    SUMMARY = "summary", "需求量汇总表"


class RoundingMode(models.TextChoices):
    DOWN = "down", "向下取整"
    HALF_UP = "half_up", "四舍五入"
    UP_TO_PACK = "up_to_pack", "按整包装向上取整"


class PackRounding(models.TextChoices):
    """How an ordered quantity becomes whole packs (`apps.projects.domain.packs`); the remainder is shown beside."""

    DOWN = "down", "向下取整"
    NEAREST = "nearest", "四舍五入"
    UP = "up", "向上取整"
