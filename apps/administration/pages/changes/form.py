"""申请变更 of an institution, a form for each kind; the file goes through the judge of attachments."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone

from apps.administration.domain.changes.asking import Wanted
from apps.administration.models import ChangeKind
from apps.administration.pages.forms import chosen_from
from apps.folding.domain.fields import NameField
from apps.notices.attachment_field import AttachmentField
from apps.notices.limits import OFFERED
from apps.organizations.domain.vocabulary import GRADES, KINDS, OWNERSHIPS
from apps.organizations.models import Organization
from apps.ui.pages.versions import Versioned

SUCCESSOR = "承接的医疗机构的编码（本省、启用、独立上报），如 H42010600001。"


class ChangeForm(Versioned, forms.Form):
    """What every change asks; `facts` are the fields of the unit that it changes."""

    is_edit = False
    facts: tuple[str, ...] = ()

    effective_on = forms.DateField(
        label="生效日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="批复或登记的日期，不能晚于今天。",
    )
    reason = forms.CharField(
        label="变更原因", max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    file = AttachmentField(
        label="证明材料", required=False, help_text=f"批复、执业许可证等，{OFFERED}。"
    )

    def __init__(self, *args: Any, kind: ChangeKind, unit: Organization, **kwargs: Any) -> None:
        facts = {name: getattr(unit, name) for name in self.facts}
        kwargs["initial"] = {"effective_on": timezone.localdate(), **facts}
        super().__init__(*args, **kwargs)
        self.becomes = kind

    @property
    def wanted(self) -> Wanted:
        given = self.cleaned_data
        return Wanted(
            kind=self.becomes,
            effective_on=given["effective_on"],
            reason=given["reason"],
            facts={name: given[name] for name in self.facts},
            successor=given.get("successor", ""),
            paper=given["file"],
        )


class RenameForm(ChangeForm):
    """更名."""

    facts = ("name",)
    name = NameField(label="新名称", max_length=120)
    field_order = ("name",)


class FactsForm(ChangeForm):
    """信息变更: what institutions are grouped by."""

    facts = ("grade", "ownership", "kind")
    grade = chosen_from(GRADES, "等级")
    ownership = chosen_from(OWNERSHIPS, "所有制")
    kind = chosen_from(KINDS, "类型")
    field_order = ("grade", "ownership", "kind")


class MergeForm(ChangeForm):
    """合并: into whom."""

    successor = forms.CharField(label="并入机构编码", max_length=30, help_text=SUCCESSOR)
    field_order = ("successor",)


class WordForm(forms.Form):
    """What a decision or an undoing says; the service asks for it where it has to be."""

    remark = forms.CharField(
        label="意见", max_length=300, required=False, help_text="不同意时必填，申请机构会看到。"
    )
    reason = forms.CharField(label="撤销原因", max_length=300)


FORMS: Mapping[ChangeKind, type[ChangeForm]] = {
    ChangeKind.RENAME: RenameForm,
    ChangeKind.FACTS: FactsForm,
    ChangeKind.CLOSE: ChangeForm,
    ChangeKind.MERGE: MergeForm,
}
EFFECTS: Mapping[ChangeKind, str] = {
    ChangeKind.RENAME: "同意后各处显示新名称；已上报的数据、已生成的协议和已下载的文件仍是原名称。",
    ChangeKind.FACTS: "同意后按新的等级、所有制和类型分组；已上报的数据不变。",
    ChangeKind.CLOSE: "同意后账号禁用；没有上报的按未报处理，已上报的保持不变，以后的项目不再包括本机构。",
    ChangeKind.MERGE: "同意后账号禁用；没有上报的结清为“合并至承接机构”，已上报的、约定采购量、分配量和三方协议都不变，"
    "由承接机构以本机构名义继续办理，历史采购量在以后的项目中并入承接机构。",
}
