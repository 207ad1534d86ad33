"""The words of bases and agreed volumes. Invariant: a stored value never changes, its label may."""

from django.db import models


class State(models.TextChoices):
    """Where a version stands. A published one never changes; it is only withdrawn, with a reason."""

    DRAFT = "draft", "待复核"
    REVIEWED = "reviewed", "已复核"
    PUBLISHED = "published", "已发布"
    WITHDRAWN = "withdrawn", "已撤销"

    @property
    def tone(self) -> str:
        """How its pill looks (`apps.ui.tones`)."""
        return STATE_TONES[self.value]


STATE_TONES = {
    "draft": "working",
    "reviewed": "waiting",
    "published": "success",
    "withdrawn": "closed",
}
OPEN_STATES = (State.DRAFT, State.REVIEWED)


class Rule(models.TextChoices):
    """How a base becomes an agreed volume (rules §2)."""

    WINNERS = "r1", "按中选企业数定带量比例"
    GROUP = "r2", "中选保留、其余待分配"
    LINEAR = "r4", "按降幅分基础量和调剂量"
    CASCADE = "r6", "按名次逐级分配"


class Sharing(models.TextChoices):
    """Whose it is where several enterprises won the item that was reported (rules §2, R8)."""

    PRIMARY = "primary", "归本省主供企业"
    CHOICE = "choice", "由医疗机构选择"


class Unselected(models.TextChoices):
    """What becomes of the agreed volume of an item that nobody won, in a unit that has winners (rules §2)."""

    PENDING = "pending", "在产品组内待分配"
    PRIMARY = "primary", "归本省主供企业"


class RatioClass(models.TextChoices):
    """The columns of a ratio table (R1)."""

    NORMAL = "normal", "一般品种"
    ANTIBIOTIC = "antibiotic", "抗菌药物等"
    STRICT = "strict", "从严品种"
