"""申诉 of an institution or an enterprise against what was decided on a line, a volume, a return or a designation.

Invariants, by the database: what was appealed and how it stood then never changes; it is answered or withdrawn once;
one appeal against the same act, withdrawn ones aside.
"""

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.organizations.models import Enterprise
from apps.projects.models import Correction, Project
from apps.projects.models.correction import paper_name
from apps.scope.managers import ScopedManager, ScopeLookups

from .filing import Filing


class About(models.TextChoices):
    """What kind of thing an appeal is about."""

    LINE = "line", "申报明细"
    VOLUME = "volume", "采购量"
    RETURN = "return", "退回"
    DESIGNATION = "designation", "指定和代分"


class AppealState(models.TextChoices):
    """What became of an appeal."""

    OPEN = "open", "待答复"
    UPHELD = "upheld", "支持"
    DISMISSED = "dismissed", "不支持"
    WITHDRAWN = "withdrawn", "已撤回"

    @property
    def tone(self) -> str:
        return TONES[self.value]


TONES = {"open": "waiting", "upheld": "success", "dismissed": "danger", "withdrawn": "closed"}
DECIDED = (AppealState.UPHELD, AppealState.DISMISSED)


def _moved(field: str) -> Any:
    return pgtrigger.Q(**{f"old__{field}__df": pgtrigger.F(f"new__{field}")})


class AppealQuerySet(models.QuerySet["Appeal"]):
    def of_project(self, project: Project) -> "AppealQuerySet":
        return self.filter(project=project)

    def open(self) -> "AppealQuerySet":
        return self.filter(state=AppealState.OPEN)

    def with_appellants(self) -> "AppealQuerySet":
        """What a row of the list shows."""
        return self.select_related("project", "filing__organization", "enterprise", "correction")


class Appeal(models.Model):
    """One appeal. `what` and `key` name the thing (`domain.appeals.matters`), `act_at` is when it was decided.

    `title` and `said` are the thing and what was decided of it, in words, as they stood; `answerer_path` is the
    bureau that answers by `due_at`. The path is that of the appellant's account. The correction is what an upheld
    appeal led to.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="+", verbose_name="项目")
    filing = models.ForeignKey(
        Filing, models.PROTECT, null=True, related_name="+", verbose_name="申报单"
    )
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, related_name="+", verbose_name="企业"
    )
    path = models.CharField("路径", max_length=200, db_collation="C")
    about = models.CharField("申诉事项", max_length=12, choices=About.choices)
    what = models.CharField("对象类型", max_length=16)
    key = models.BigIntegerField("对象")
    title = models.CharField("申诉对象", max_length=200)
    said = models.CharField("申诉时的内容", max_length=1_000)
    page = models.CharField("对象所在页面", max_length=200)
    act_at = models.DateTimeField("作出时间")
    text = models.CharField("申诉内容", max_length=1_000)
    file = models.FileField("附件", upload_to=paper_name, max_length=100, blank=True)
    file_name = models.CharField("文件名", max_length=150, blank=True)
    asked_at = models.DateTimeField("申诉时间")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    asked_by_name = models.CharField("申诉人", max_length=150)
    answerer_path = models.CharField("答复单位路径", max_length=200, db_collation="C")
    answerer_name = models.CharField("答复单位", max_length=120)
    due_at = models.DateTimeField("答复期限")
    state = models.CharField(
        "处理结果", max_length=10, choices=AppealState.choices, default=AppealState.OPEN
    )
    answer = models.CharField("答复", max_length=1_000, blank=True)
    closed_at = models.DateTimeField("处理时间", null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    closed_by_name = models.CharField("处理人", max_length=150, blank=True)
    correction = models.ForeignKey(
        Correction, models.PROTECT, null=True, related_name="+", verbose_name="更正"
    )

    objects = ScopedManager.from_queryset(AppealQuerySet)()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(
        path="path", enterprise="enterprise_id", project="project_id"
    )

    class Meta:
        verbose_name = verbose_name_plural = "申诉"
        default_permissions = ()
        indexes = [
            models.Index(fields=["project", "path"], name="appeal_by_place"),
            models.Index(
                fields=["answerer_path"], name="appeal_waiting", condition=Q(state=AppealState.OPEN)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="appeal_by_one_party",
                condition=Q(filing__isnull=False, enterprise__isnull=True)
                | Q(filing__isnull=True, enterprise__isnull=False),
            ),
            models.CheckConstraint(name="appeal_has_text", condition=~Q(text="")),
            models.CheckConstraint(
                name="appeal_closed_at_tied_to_state",
                condition=Q(state=AppealState.OPEN, closed_at__isnull=True)
                | (~Q(state=AppealState.OPEN) & Q(closed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="appeal_decided_with_answer",
                condition=~Q(state__in=DECIDED) | ~Q(answer=""),
            ),
            models.CheckConstraint(
                name="appeal_corrected_only_if_upheld",
                condition=Q(correction__isnull=True) | Q(state=AppealState.UPHELD),
            ),
            models.UniqueConstraint(
                name="appeal_once_per_act",
                fields=["path", "what", "key", "act_at"],
                condition=~Q(state=AppealState.WITHDRAWN),
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="asked_never_changes",
                exclude=[
                    "state",
                    "answer",
                    "closed_at",
                    "closed_by",
                    "closed_by_name",
                    "correction",
                ],
            ),
            pgtrigger.Protect(
                name="decided_stays",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=AppealState.OPEN)
                & (_moved("state") | _moved("answer") | _moved("closed_at") | _moved("closed_by")),
            ),
            pgtrigger.Protect(
                name="correction_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__correction__isnull=False) & _moved("correction"),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"申诉第 {self.pk} 号"

    @property
    def outcome(self) -> AppealState:
        return AppealState(self.state)

    @property
    def is_overdue(self) -> bool:
        """Whether it waits although its time for an answer is over."""
        return self.state == AppealState.OPEN and self.due_at <= timezone.now()

    @property
    def appellant(self) -> str:
        """Who appeals."""
        return str(self.filing.organization.name if self.filing else self.enterprise)
