"""Forms of the acts: a reason where the law asks for one, a deadline where the act sets one."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from apps.projects.models import Attachment
from apps.projects.pages.moments_form import MomentField
from apps.review.domain.acts import Reason
from apps.review.domain.machine import TRANSITIONS
from apps.review.domain.returns.reasons import READY, about_lines
from apps.review.models import Filing
from apps.review.models.statuses import Action, Status
from apps.review.pages.tier_deadlines import TierDeadlines

SHORT = timedelta(hours=4)
IN_PLACE_REASON = Reason(
    "代办原因", help_text="为什么由本单位代办；对方和上级都能看到，记入审核记录。"
)

SHEET_TICKS: Mapping[str, str] = {"is_sealed": "签章完整", "is_consistent": "数据一致"}
"""By field; a control named like a method of forms (`matches`) would hide it from scripts."""


def _tick(label: str) -> forms.BooleanField:
    return forms.BooleanField(
        label=label, error_messages={"required": f"请核对需求量汇总表并勾选“{label}”。"}
    )


def checks_sheet(filing: Filing) -> bool:
    """Whether the reviewer must look at a signed sheet: an institution's, where the project requires one."""
    return filing.is_institution and filing.project.attachment == Attachment.SUMMARY


class ActForm(TierDeadlines, forms.Form):
    """The version that the person saw, and what the act needs beside it."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        action: Action,
        needs_reason: bool,
        version: int | None = None,
        deadline: datetime | None = None,
        checks_sheet: bool = False,
        proves: bool = False,
        is_asked_back: bool = False,
        recent: Sequence[str] = (),
        named: Sequence[str] = (),
        way: Sequence[Filing] = (),
        last: datetime | None = None,
        **kwargs: Any,
    ) -> None:
        """`is_asked_back`: a request to withdraw waits. `recent`: reasons given last. `named`: ticked lines.

        `way`: what goes back with it through the tiers, the uppermost until `last`.
        """
        kwargs["initial"] = {
            "version": version,
            "deadline": deadline,
            **(kwargs.get("initial") or {}),
        }
        kwargs["auto_id"] = f"id_{action}_%s"
        super().__init__(*args, **kwargs)
        law = TRANSITIONS[action]
        self.asks_proof = proves and law.act.proves
        self.named = named
        if needs_reason:
            self._add_reason(law.act.reason or IN_PLACE_REASON)
        if law.target == Status.RETURNED and way:
            self.add_tiers(way, last=last, lifts=False)
            self._add_short(None)
        elif law.target == Status.RETURNED:
            self._add_deadline(deadline)
        if law.target == Status.RETURNED and needs_reason:
            self._offer_reasons(recent)
        if is_asked_back and Status.SUBMITTED in law.sources and law.target == Status.APPROVED:
            self.fields["despite"] = forms.BooleanField(
                label="对方正在申请撤回，仍然审核通过",
                error_messages={"required": "对方正在申请撤回：请先处理申请，或勾选后再审核通过。"},
            )
        if "sheet" in law.checks and checks_sheet:
            self.fields |= {name: _tick(label) for name, label in SHEET_TICKS.items()}
        if law.act.gives_time:
            self.fields["closes_at"] = MomentField(
                label="补报截止", is_end=True, help_text="到这一刻为止，该单位可以填报和上报。"
            )
        if law.act.lifts and way:
            self.add_tiers(way, last=last, lifts=True)

    def _add_reason(self, reason: Reason) -> None:
        self.fields["reason"] = forms.CharField(
            label=reason.label,
            error_messages={"required": f"请填写{reason.label}。"},
            max_length=reason.longest,
            widget=forms.Textarea(attrs={"rows": 3, "maxlength": reason.longest}),
            help_text=reason.help_text,
        )

    def _offer_reasons(self, recent: Sequence[str]) -> None:
        """The text may stay empty where one of these, or the ticked lines, say enough."""
        field = self.fields["reason"]
        field.required = False
        field.widget.attrs["data-reason"] = ""
        groups = [("常用", [(reason, reason) for reason in READY])]
        groups += [("最近用过", [(reason, reason) for reason in recent])] if recent else []
        self.fields["ready"] = forms.ChoiceField(
            label="常用原因",
            choices=[("", "选用常用或最近用过的原因"), *groups],
            required=False,
            widget=forms.Select(attrs={"data-reason-ready": ""}),
        )

    def _whole_reason(self, cleaned: dict[str, Any]) -> str:
        """What was typed and chosen; the ticked lines where nothing was."""
        given = [cleaned.get("reason", "").strip(), cleaned.get("ready", "")]
        return "\n".join(filter(None, given)) or about_lines(self.named)

    def _check_reason(self, cleaned: dict[str, Any]) -> None:
        field = self.fields["reason"]
        cleaned["reason"] = self._whole_reason(cleaned)
        if not cleaned["reason"] and "reason" not in self.errors:
            self.add_error("reason", field.error_messages["required"])
        elif len(cleaned["reason"]) > field.max_length:  # type: ignore[attr-defined]
            self.add_error("reason", f"连同选用的原因超过 {field.max_length} 字，请缩短。")  # type: ignore[attr-defined]

    def _add_deadline(self, deadline: datetime | None) -> None:
        self.fields["deadline"] = MomentField(
            label="更正截止",
            is_end=True,
            required=deadline is None,
            help_text="到这一刻为止可以修改后重新上报；默认为本级审核时间结束。填 24:00 表示当日结束。",
        )
        self._add_short(deadline)

    def _add_short(self, deadline: datetime | None) -> None:
        self.fields["short"] = forms.BooleanField(
            label="更正时间不足四小时，仍按此退回", required=False
        )
        self.asks_about_short = is_short(deadline)

    asks_about_short = False

    def clean(self) -> dict[str, Any]:
        """The reason as a whole; a deadline under four hours is asked about once more."""
        cleaned = super().clean() or {}
        if "ready" in self.fields:
            self._check_reason(cleaned)
        ends = self.check_tiers(cleaned) if self.way else [cleaned.get("deadline")]
        first = min((end for end in ends if end), default=None)
        if "short" in self.fields and is_short(first) and not cleaned.get("short"):
            self.asks_about_short = True
            self.add_error(
                "short", "距更正截止不足四小时，请确认对方来得及修改，或把截止时间改晚。"
            )
        return cleaned

    def versions(self, filing_id: int) -> dict[int, int] | None:
        """What `perform` compares with; nothing where the form carried no version."""
        version = self.cleaned_data.get("version")
        return None if version is None else {filing_id: version}

    @property
    def ticks(self) -> list[forms.BoundField]:
        """What the reviewer of a signed sheet confirms before 审核通过 (S3-14)."""
        return [self[name] for name in SHEET_TICKS if name in self.fields]

    @property
    def reason(self) -> str:
        return str(self.cleaned_data.get("reason", ""))

    @property
    def deadline(self) -> datetime | None:
        return self.cleaned_data.get("deadline")

    @property
    def closes_at(self) -> datetime | None:
        return self.cleaned_data.get("closes_at")


def is_short(deadline: datetime | None) -> bool:
    """Whether less than four hours are left."""
    return deadline is not None and deadline - timezone.now() < SHORT
