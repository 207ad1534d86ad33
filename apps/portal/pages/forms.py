"""Forms of the portal: writing a notice."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from apps.accounts.models.roles import Role
from apps.notices.attachments import (
    MAX_FILES,
    TOO_MANY,
    AttachmentBusy,
    AttachmentEnded,
    AttachmentRefused,
    Checked,
    check_attachment,
)
from apps.notices.limits import OFFERED
from apps.notices.models import Attachment, Notice, NoticeKind
from apps.notices.services import Content
from apps.organizations.models import Organization, Tier
from apps.portal.domain.addressing import LONGEST_BODY, LONGEST_TITLE, Addressee
from apps.projects.models import Project
from apps.ui.form_fields import offer
from apps.ui.formats import moment
from apps.ui.pages.versions import Versioned

AUDIENCES: Mapping[str, tuple[Role, ...]] = {
    Role.ALLIANCE: (
        Role.PROVINCE, Role.CITY, Role.COUNTY, Role.INSTITUTION, Role.MANUFACTURER, Role.DISTRIBUTOR,
    ),
    Role.PROVINCE: (Role.CITY, Role.COUNTY, Role.INSTITUTION, Role.DISTRIBUTOR),
    Role.CITY: (Role.COUNTY, Role.INSTITUTION),
    Role.COUNTY: (Role.INSTITUTION,),
}  # fmt: skip
"""Whom each tier may address: the roles that hang below it."""


class FilesInput(forms.ClearableFileInput):
    """A file control that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, each checked; its value is a list of `Checked`."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Checked]:  # type: ignore[override]
        uploads: list[UploadedFile] = [upload for upload in data or [] if upload]
        if len(uploads) > MAX_FILES:
            raise forms.ValidationError(TOO_MANY)
        refusals: list[str] = []
        checked: list[Checked] = []
        for upload in uploads:
            try:
                checked.append(check_attachment(upload))
            except (AttachmentBusy, AttachmentEnded) as end:
                raise forms.ValidationError([*refusals, str(end)]) from end
            except AttachmentRefused as refused:
                refusals.append(str(refused))
        if refusals:
            raise forms.ValidationError(refusals)
        return checked


class NoticeForm(Versioned, forms.ModelForm):
    """A notice with its audience and files; `reach` is how many units each role counts below the author."""

    kind = forms.ChoiceField(label="类型", choices=NoticeKind.choices, widget=forms.RadioSelect)
    audience = forms.MultipleChoiceField(
        label="发布对象",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="不勾选表示辖区内全部医保部门和医疗机构；企业只在勾选后才能看到。",
    )
    files = FilesField(  # type: ignore[assignment]
        label="附件",
        required=False,
        help_text=f"可选多个，最多 {MAX_FILES} 个，每个不超过 20 MB。格式：{OFFERED}。",
    )
    removed = forms.MultipleChoiceField(
        label="删除已有附件", required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Notice
        fields = ("kind", "title", "body", "audience", "is_pinned")
        widgets = {"body": forms.Textarea(attrs={"rows": 8})}

    def __init__(self, *args: Any, role: str, reach: Mapping[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_edit = self.instance.pk is not None
        self.trail = {"path": self.instance.path, "object": self.instance.title}
        self.shown_besides = {"发布时间": moment(self.instance.published_at)}
        offer(
            self,
            "audience",
            [
                (audience.value, f"{audience.label}（{reach.get(audience, 0):,} 家）")
                for audience in AUDIENCES[role]
            ],
        )
        self.fields["files"].widget.attrs["multiple"] = True
        self.fields["title"].widget.attrs["maxlength"] = 120
        kept = (
            Attachment.objects.filter(notice=self.instance).order_by("pk")
            if self.instance.pk
            else ()
        )
        offer(self, "removed", [(item.pk, item.name) for item in kept])
        if not kept:
            del self.fields["removed"]

    @property
    def content(self) -> Content:
        cleaned = self.cleaned_data
        return Content(
            kind=cleaned["kind"],
            title=cleaned["title"],
            body=cleaned["body"],
            audience=cleaned["audience"],
            is_pinned=cleaned["is_pinned"],
        )

    @property
    def changes(self) -> dict[str, Any]:
        """The arguments of `edit_notice`."""
        removed = [int(pk) for pk in self.cleaned_data.get("removed", [])]
        return {"content": self.content, "files": self.cleaned_data["files"], "removed": removed}


class AddressForm(forms.Form):
    """收件单位 项目 省份 标题 内容 of a message."""

    addressee = forms.ChoiceField(label="收件单位", widget=forms.RadioSelect)
    project = forms.ModelChoiceField(  # type: ignore[var-annotated]
        label="项目", queryset=None, required=False, empty_label="请选择"
    )
    provinces = forms.ModelMultipleChoiceField(  # type: ignore[var-annotated]
        label="省份", queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )
    title = forms.CharField(label="标题", max_length=LONGEST_TITLE)
    body = forms.CharField(
        label="内容", max_length=LONGEST_BODY, widget=forms.Textarea(attrs={"rows": 6})
    )

    def __init__(self, addressees: Sequence[Addressee], path: str, data: Any = None) -> None:
        super().__init__(data, initial={"addressee": addressees[0]})
        fields: Any = self.fields
        fields["addressee"].choices = [(each.value, each.label) for each in addressees]
        fields["project"].queryset = Project.objects.in_progress().recent_first()
        provinces = Organization.objects.filter(tier=Tier.PROVINCE, parent__path=path)
        fields["provinces"].queryset = provinces.order_by("code")
        if Addressee.PROVINCES not in addressees:
            del fields["provinces"]

    def clean_addressee(self) -> Addressee:
        return Addressee(self.cleaned_data["addressee"])
