"""取消中选 and 暂停: what is done, from which day, who is to take over, why and on what ground."""

from typing import Any

from django import forms
from django.utils import timezone

from apps.allocation.domain.stops.acts import StopWanted, replacements
from apps.allocation.domain.stops.planning import Choice
from apps.allocation.domain.stops.wording import name_of
from apps.allocation.models import CapacityPool, StopAct, Stopped
from apps.notices.attachment_field import AttachmentField
from apps.notices.limits import OFFERED
from apps.projects.domain.corrections.acts import Paper
from apps.ui.form_fields import offer, offer_rows

ACTS = (
    (StopAct.CANCEL, "取消中选：不再供应，已确认和已分配的数量由替补承接"),
    (StopAct.SUSPEND, "暂停：自当日起不再新增数量，已有的数量不变，可以解除"),
)


class Replacement(forms.ModelChoiceField):
    """A product of the group by its name."""

    def label_from_instance(self, obj: Any) -> str:
        left = "不限" if obj.left is None else f"剩余产能 {obj.left:,}"
        return f"{name_of(obj)}（{left}）"


class StopForm(forms.Form):
    """Asked anew each time; `digest` is that of the preview, without which nothing is cancelled."""

    act = forms.ChoiceField(label="办理事项", choices=ACTS, widget=forms.RadioSelect)
    from_date = forms.DateField(
        label="自", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    replacement = Replacement(
        label="替补产品",
        queryset=CapacityPool.objects.none(),
        required=False,
        empty_label="不指定：先由本省备供、再由同产品组其他中选产品承接",
        help_text="取消中选时先由它承接，产能不足的部分再由其他中选产品承接。",
    )
    reason = forms.CharField(
        label="原因",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="涉及的机构和企业都能看到。",
    )
    file = AttachmentField(
        label="依据文件", required=False, help_text=f"办理所依据的文件，{OFFERED}。"
    )
    digest = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, files: Any = None, *, pool: CapacityPool) -> None:
        initial = {"act": StopAct.CANCEL, "from_date": timezone.localdate()}
        super().__init__(data, files, initial=initial)
        self.pool = pool
        offer_rows(self, "replacement", replacements(pool))
        if pool.stopped == Stopped.SUSPENDED:
            offer(self, "act", ACTS[:1])

    @property
    def is_cancel(self) -> bool:
        return self.cleaned_data["act"] == StopAct.CANCEL

    @property
    def choice(self) -> Choice:
        """What a preview needs to know."""
        wanted = self.wanted(None)
        return Choice(wanted.product_id, wanted.replacement_id)

    def wanted(self, paper: Paper | None) -> StopWanted:
        named = self.cleaned_data["replacement"] if self.is_cancel else None
        return StopWanted(
            act=StopAct(self.cleaned_data["act"]),
            product_id=self.pool.product_id,
            from_date=self.cleaned_data["from_date"],
            reason=self.cleaned_data["reason"],
            paper=paper,
            replacement_id=named.product_id if named else None,
            digest=self.cleaned_data["digest"] if self.is_cancel else "",
        )

    def lacks_ground(self) -> bool:
        """Says what the act still needs."""
        if not self.cleaned_data["file"] and "file" not in self.errors:
            self.add_error("file", "请选择办理所依据的文件。")
        return bool(self.errors)
