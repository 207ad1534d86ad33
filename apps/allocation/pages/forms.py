"""Contract quantities of a slot, one field per candidate, typed as clerks type; 系统代分; 生成分量任务."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef
from django.utils import timezone

from apps.allocation.domain.generation.sources import sources
from apps.allocation.domain.slots.candidates import Candidate
from apps.exchange.pages.quantity_field import QuantityField
from apps.folding.domain.fields import NameField
from apps.projects.models import Project, ProjectKind, WinningProduct
from apps.projects.pages.code_field import CodeField
from apps.projects.pages.moments_form import MomentField
from apps.ui.form_fields import offer_rows


class SlotForm(forms.Form):
    """合同量 of each candidate, and what the page showed when it was opened (`seen`)."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2_000)

    def __init__(self, *args: Any, candidates: Sequence[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.candidates = candidates
        for candidate in candidates:
            self.fields[name_of(candidate.product_id)] = QuantityField(
                pack=candidate.pack,
                unit=candidate.unit,
                label=f"{candidate.enterprise} 合同量",
                initial="" if candidate.contract is None else str(candidate.contract),
            )
        self.fields["seen"].initial = stamp_of(candidates)

    @property
    def contracts(self) -> dict[int, int | None]:
        """What was typed, by product id."""
        return {
            candidate.product_id: self.cleaned_data[name_of(candidate.product_id)]
            for candidate in self.candidates
        }

    @property
    def seen_contracts(self) -> dict[int, int | None]:
        return read_stamp(self.cleaned_data["seen"])


def name_of(product_id: int) -> str:
    return f"contract-{product_id}"


def stamp_of(candidates: Sequence[Candidate]) -> str:
    """The saved quantities of a slot, to tell whether somebody saved it meanwhile."""
    return stamp_of_contracts(
        {candidate.product_id: candidate.contract for candidate in candidates}
    )


def stamp_of_contracts(contracts: Mapping[int, int | None]) -> str:
    """`12:1008 13:`, by product id."""
    return " ".join(
        f"{product}:{'' if quantity is None else quantity}"
        for product, quantity in contracts.items()
    )


def read_stamp(stamp: str) -> dict[int, int | None]:
    """Raises nothing: what can't be read counts as never seen."""
    contracts: dict[int, int | None] = {}
    for part in stamp.split():
        product, _, quantity = part.partition(":")
        if product.isdecimal() and (quantity.isdecimal() or not quantity):
            contracts[int(product)] = int(quantity) if quantity else None
    return contracts


def typed_quantities(form: SlotForm) -> Mapping[int, int | None]:
    """What can be read of a form that may be refused: for the numbers beside the inputs."""
    if not form.is_bound:
        return {candidate.product_id: candidate.contract for candidate in form.candidates}
    form.is_valid()
    return {
        candidate.product_id: form.cleaned_data.get(name_of(candidate.product_id))
        for candidate in form.candidates
    }


class SubstituteForm(forms.Form):
    """系统代分: until when the bureaus whose packages are returned review and submit again."""

    def __init__(
        self, *args: Any, needs_deadline: bool, proposed: datetime | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if needs_deadline:
            self.fields["deadline"] = MomentField(
                label="更正截止",
                is_end=True,
                initial=proposed,
                help_text="到这一刻为止，被退回的上级单位可以审核代分结果并重新提交。填 24:00 表示当日结束。",
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        deadline = cleaned.get("deadline")
        if deadline is not None and deadline <= timezone.now():
            self.add_error("deadline", "更正截止时间必须晚于现在，请重新填写。")
        return cleaned

    @property
    def deadline(self) -> datetime | None:
        return self.cleaned_data.get("deadline")


class GenerateForm(forms.Form):
    """生成分量任务: its fields are the arguments of `services.generate_draft`."""

    source = forms.ModelChoiceField(
        label="报量项目",
        queryset=Project.objects.none(),
        empty_label="请选择",
        help_text="已办结、并已发布约定采购量的报量项目。",
    )
    code = CodeField(
        label="项目编码", max_length=40, help_text="字母、数字、短横线和下划线，会出现在网址里。"
    )
    name = NameField(label="项目名称", max_length=120)
    winners = forms.ModelChoiceField(
        label="中选结果",
        queryset=Project.objects.none(),
        required=False,
        empty_label="随报量项目带入",
        help_text="报量项目的中选结果自动带入；还缺价格、产能等时，可以用另一个分量项目的补齐，按品规和企业对应。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, "source", sources())
        others = Project.objects.of_kind(ProjectKind.ALLOCATION).filter(
            Exists(WinningProduct.objects.filter(project=OuterRef("pk")))
        )
        offer_rows(self, "winners", others.recent_first())
