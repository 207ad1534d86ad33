"""The dialog 账号添加 and its twin for corrections (S4-24…S4-30)."""

from typing import Any

from django import forms

from apps.distribution.domain import phones
from apps.distribution.domain.distributors.acts import Facts
from apps.distribution.models import DistributorAccount, usernames
from apps.distribution.models.policy import MOST
from apps.folding.domain.fields import NameField
from apps.organizations.domain import uscc
from apps.organizations.domain.doubts import VERIFIED
from apps.projects.models import Project
from apps.ui.numbers import number_of
from apps.ui.pages.versions import Versioned


class LimitForm(Versioned, forms.Form):
    """The most distributors of a product at a place of one project; blank for no limit."""

    most = forms.CharField(label="上限", required=False, max_length=20)

    def __init__(self, data: Any = None, *, project: Project, most: int | None) -> None:
        self.trail = {"project_code": project.code, "verb": "设置配送企业上限"}
        super().__init__(data, initial={"most": most})

    def clean_most(self) -> int | None:
        typed: str = self.cleaned_data["most"]
        most = number_of(typed) if typed else None
        if typed and (most is None or not 1 <= most <= MOST):
            raise forms.ValidationError(f"上限填写 1 至 {MOST} 的整数，不限则留空；没有保存。")
        return most


FIXED_WHEN_ISSUED = ("provincial_account", "name", "uscc")


class DistributorForm(Versioned, forms.Form):
    """A new distributor, or one that stands in the list; of an issued one the first three fields stand still."""

    provincial_account = forms.CharField(
        label="省平台账号",
        max_length=30,
        required=False,
        help_text="省级耗材网采用户名，没有的留空，用户名按顺序号生成。",
    )
    name = NameField(
        label="配送企业名称", max_length=120, help_text="与营业执照一致的全称，请准确填写。"
    )
    uscc = forms.CharField(
        label="统一社会信用代码", max_length=40, help_text="18 位，末位是校验位。"
    )
    legal_representative = NameField(label="法人", max_length=50)
    authorized_person = NameField(label="被授权人", max_length=50, help_text="使用账号的经办人。")
    phone = forms.CharField(
        label="联系电话", max_length=30, help_text="被授权人的手机号，或带区号的座机。"
    )
    address = NameField(
        label="通信地址", max_length=200, required=False, help_text="印在此后生成的三方协议上。"
    )

    verified = forms.BooleanField(
        label=VERIFIED,
        required=False,
        help_text="系统对信用代码或名称有疑问、而证照上确是如此时勾选，会记入日志。",
    )

    def __init__(
        self, *args: Any, distributor: DistributorAccount | None = None, **kwargs: Any
    ) -> None:
        self.is_edit = distributor is not None
        if distributor is not None:
            self.trail = {"path": distributor.path, "verb": "修改配送企业"}
            facts = Facts.of(distributor)
            kwargs["initial"] = {name: getattr(facts, name) for name in Facts.__dataclass_fields__}
        super().__init__(*args, **kwargs)
        if distributor is not None and distributor.is_issued:
            for name in FIXED_WHEN_ISSUED:
                self.fields[name].disabled = True
                self.fields[name].help_text = "账号已发放，不能再修改。"

    def clean_provincial_account(self) -> str:
        account = usernames.normalized(self.cleaned_data["provincial_account"])
        if problem := usernames.problem_with(account):
            raise forms.ValidationError(f"{problem}。")
        return account

    def clean_uscc(self) -> str:
        code = uscc.normalized(self.cleaned_data["uscc"])
        if problem := uscc.shape_problem(code):
            raise forms.ValidationError(f"{problem}。")
        return code

    def clean_phone(self) -> str:
        phone = phones.normalized(self.cleaned_data["phone"])
        if problem := phones.problem_with(phone):
            raise forms.ValidationError(f"{problem}。")
        return phone

    def facts(self) -> Facts:
        return Facts(**{name: self.cleaned_data[name] for name in Facts.__dataclass_fields__})

    def told(self) -> dict[str, Any]:
        """The facts, and whether somebody has compared them with the papers."""
        return {"facts": self.facts(), "verified": self.cleaned_data["verified"]}
