"""The slots of a row and where each stands. Invariant: a stored value never changes, its label may."""

from django.db import models


class Slot(models.TextChoices):
    """What a quantity of a row is for. `SELECTED` is the institution's own selected product (K)."""

    SELECTED = "selected", "中选产品确认量"
    LOWEST = "lowest", "日均费用最低中选企业"
    HIGHEST = "highest", "降幅最高中选企业分配量"
    OTHER = "other", "其他中选企业分配量"


class SlotState(models.TextChoices):
    """`PLACED` is inside its bounds and reserved; `SHORT` took all capacity left, exempt from its bounds."""

    EMPTY = "empty", "未分配"
    DRAFT = "draft", "草稿"
    PLACED = "placed", "已分配"
    SHORT = "short", "产能不足"


FIXED_SLOTS = (Slot.LOWEST, Slot.HIGHEST)
PENDING_SLOTS = (Slot.LOWEST, Slot.HIGHEST, Slot.OTHER)
"""The slots that a to-be-allocated quantity is divided into, in the order of the page."""

FILLED = (SlotState.PLACED, SlotState.SHORT)


class Given(models.TextChoices):
    """How much of a row came with the imported or generated volumes; the rest is computed (rules §3a.2)."""

    NOTHING = "none", "全部计算"
    AGREED = "agreed", "约定采购量随表导入"
    KEPT = "kept", "约定采购量和确认量随任务生成"
    ALL = "all", "全部随表导入"
