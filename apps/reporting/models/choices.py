"""The words of a demand line. Invariant: a stored value never changes, its label may."""

from django.db import models


class Reason(models.TextChoices):
    """Why a quantity differs from its baseline, to choose from (增幅降幅说明); `OTHER` needs a text."""

    GROWTH = "growth", "业务量增长"
    DECLINE = "decline", "业务量下降"
    NEW_USE = "new_use", "新增科室或新开展项目"
    FIRST = "first", "首次采购该品规"
    STRUCTURE = "structure", "临床用药结构调整"
    SUBSTITUTED = "replaced", "由其他品规替代"
    SHORTAGE = "shortage", "上年供应短缺"
    STOCK = "stock", "库存充足"
    POLICY = "policy", "政策调整"
    OTHER = "other", "其他（请填写）"


class PackMark(models.TextChoices):
    """Whether boxes may have been typed as tablets (rules §1); reviewers see both marks."""

    NONE = "", "无"
    SUSPECT = "suspect", "疑似盒片"
    CONFIRMED = "confirmed", "盒片已核对"


class DoubtState(models.TextChoices):
    """What became of 历史数有误."""

    OPEN = "open", "待省医保核定"
    CORRECTED = "corrected", "已更正"
    KEPT = "kept", "维持原数"
