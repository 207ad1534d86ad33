"""Adding and correcting units."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from apps.folding.domain.fields import NameField
from apps.organizations.domain import codes
from apps.organizations.domain.units import Facts
from apps.organizations.domain.vocabulary import GRADES, KINDS, OWNERSHIPS
from apps.organizations.models import Organization, Tier
from apps.ui.form_fields import offer_rows
from apps.ui.pages.versions import Versioned


def chosen_from(words: tuple[str, ...], label: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=[("", "未填"), *((word, word) for word in words)], required=False
    )


class BureauForm(Versioned, forms.Form):
    """Of a bureau only who to ask."""

    contact_name = NameField(label="联系人", max_length=50, required=False)
    phone = forms.CharField(label="联系电话", max_length=30, required=False)
    address = NameField(
        label="通信地址", max_length=200, required=False, help_text="印在此后生成的三方协议上。"
    )

    def __init__(self, *args: Any, unit: Organization | None = None, **kwargs: Any) -> None:
        self.unit, self.is_edit = unit, unit is not None
        if unit is not None:
            kwargs["initial"] = self.said_of(unit)
            self.trail = {"path": unit.path, "verb": "修改机构"}
        super().__init__(*args, **kwargs)

    def said_of(self, unit: Organization) -> dict[str, Any]:
        through = unit.reports_through.code if unit.reports_through else ""
        facts = {name: getattr(unit, name) for name in Facts.__dataclass_fields__}
        return {**facts, "through_code": through}

    def facts(self) -> Facts:
        given = {name: self.cleaned_data.get(name, "") for name in Facts.__dataclass_fields__}
        return Facts(
            **given | ({"name": self.unit.name} if self.unit and not given["name"] else {})
        )


class InstitutionForm(BureauForm):
    """What is known of an institution."""

    name = NameField(label="机构名称", max_length=120)
    grade = chosen_from(GRADES, "等级")
    ownership = chosen_from(OWNERSHIPS, "所有制")
    kind = chosen_from(KINDS, "类型")
    through_code = forms.CharField(
        label="由其代报",
        max_length=30,
        required=False,
        help_text="不独立上报的分院、站点，填写代其上报的机构编码；独立上报的留空。",
    )

    field_order = (
        "parent", "code", "name", "grade", "ownership", "kind", "contact_name", "phone", "address",
    )  # fmt: skip


class NewInstitutionForm(InstitutionForm):
    """A new institution and where it hangs."""

    parent = forms.ModelChoiceField(  # type: ignore[var-annotated]
        label="上级单位", queryset=None, empty_label="请选择"
    )
    code = forms.CharField(
        label="机构编码",
        max_length=30,
        help_text="国家医保定点机构代码，如 H42010600001；登录用户名与它相同，以后不能更改。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, "parent", parents())

    def clean_code(self) -> str:
        code = codes.normalized(self.cleaned_data["code"])
        if problem := codes.problem_with(code):
            raise forms.ValidationError(f"{problem}。")
        return code


def parents() -> QuerySet[Organization]:
    """The bureaus in the scope under which an institution may hang."""
    tiers = (Tier.PROVINCE, Tier.CITY, Tier.COUNTY)
    units: QuerySet[Organization] = Organization.objects.filter(tier__in=tiers, is_active=True)
    return units.order_by("path")


class PasswordAddressForm(Versioned, forms.Form):
    """The address of another platform's password page; only encrypted ones."""

    url = forms.URLField(
        label="密码修改地址",
        required=False,
        max_length=200,
        assume_scheme="https",
        help_text="省平台修改密码页面的网址（https 开头）。留空则在本平台修改。首次登录的密码始终在本平台修改。",
    )

    def __init__(self, *args: Any, province: Organization, **kwargs: Any) -> None:
        kwargs["initial"] = {"url": province.password_url}
        self.trail = {"path": province.path, "verb": "设置密码修改地址"}
        super().__init__(*args, **kwargs)

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if url and not url.startswith("https://"):
            raise forms.ValidationError("网址必须以 https:// 开头。")
        return url
