"""The grid's own addresses: its rows as data, saving rows as they are typed, 历史数有误."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django import forms
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import fills, requires
from apps.accounts.pages.requests import SignedInRequest
from apps.audit.pages.authorship import quantities_only
from apps.exchange.pages.quantity_field import QuantityField
from apps.projects.models import CatalogItem
from apps.reporting.domain.purchases.doubts import raise_doubt
from apps.reporting.domain.refusals import DoubtRefused
from apps.reporting.domain.sheet.bulk import mark_saved
from apps.reporting.domain.sheet.saving import Saved, save_own
from apps.reporting.domain.sheet.sql import LineNow
from apps.reporting.domain.statuses import LINE_STATUSES, SAVED, line_status
from apps.reporting.models import MOST
from apps.reporting.pages.answering import INSTITUTION
from apps.reporting.pages.demand_page import DemandPage
from apps.reporting.pages.entry_form import Typed, Unreadable, items_in_json, rows_in_json
from apps.reporting.pages.entry_page import sheet_data
from apps.review.domain.refusals import ReviewRefused
from apps.review.models import Filing
from apps.review.pages.answering import carry_out
from apps.ui.form_fields import offer
from apps.ui.formats import short_moment
from apps.ui.numbers import number_of


def saved_rows(
    filing: Filing,
    saved: Saved,
    refused: Mapping[int, str],
    settled_items: Sequence[int],
    settled: int,
) -> dict[str, Any]:
    """`rows`: [item, planned, words, version, pack mark, [status, tone]]; `conflicts` the same with the time."""
    done = set(settled_items)
    return {
        "at": f"{timezone.localtime(saved.at):%H:%M:%S}",
        "rows": [_state(filing, row, settled=pk in done) for pk, row in saved.rows.items()],
        "conflicts": [
            [
                *_state(filing, row, settled=False),
                short_moment(row.updated_at) if row.version else "",
            ]
            for row in saved.conflicts.values()
        ],
        "refused": [[item, sentence] for item, sentence in refused.items()],
        "settled": settled,
    }


def _state(filing: Filing, row: LineNow, *, settled: bool) -> list[Any]:
    is_saved = settled and row.planned is not None
    status = LINE_STATUSES[SAVED if is_saved else line_status(row, filing)]
    return [
        row.pk,
        None if row.planned is None else f"{row.planned}",
        row.words,
        row.version,
        row.pack_mark,
        list(status),
    ]


class DoubtForm(forms.Form):
    """What a year's purchases really were, and what shows it."""

    year = forms.TypedChoiceField(label="年份", coerce=int)
    note = forms.CharField(label="依据", max_length=300)

    def __init__(self, data: Any = None, *, years: Sequence[int], item: CatalogItem) -> None:
        super().__init__(data)
        self.fields["claimed"] = QuantityField(
            label="采购量应为", pack=item.pack_quantity, unit=item.unit, most=MOST, required=True
        )
        offer(self, "year", [(year, f"{year} 年") for year in years])

    def values(self) -> dict[str, Any]:
        """Raises `DoubtRefused` with the first thing to mend."""
        if self.is_valid():
            return self.cleaned_data
        name, errors = next(iter(self.errors.items()))
        raise DoubtRefused(f"{self.fields[name].label}：{errors[0]}")


@fills
@quantities_only
@requires(Permission.QUERY, roles=INSTITUTION)
def demand_rows(request: SignedInRequest, code: str) -> HttpResponse:
    """The whole sheet; the page itself draws one part of it."""
    desk = DemandPage.of(request.actor, code)
    options = {"ensure_ascii": False, "separators": (",", ":")}
    answer = JsonResponse(sheet_data(desk), json_dumps_params=options)
    answer["Cache-Control"] = "no-store"
    return answer


@fills
@quantities_only
@requires(Permission.MAINTAIN, roles=INSTITUTION)
@require_POST
def demand_save(request: SignedInRequest, code: str) -> HttpResponse:
    """Autosave (暂存), and with `settle` 保存. Rows that can't be read or collide come back, the rest is written."""
    try:
        payload = _json_of(request)
        rows, settle = rows_in_json(payload), items_in_json(payload)
    except (ValueError, RecursionError) as error:
        DemandPage.of(request.actor, code)
        sentence = str(error) if isinstance(error, Unreadable) else "请求的内容读不懂。"
        return JsonResponse({"message": sentence}, status=HTTPStatus.BAD_REQUEST)
    typed, by = Typed(), request.actor
    items = [row.item for row in rows]
    try:
        filing, saved = save_own(
            code=code, items=items, read=lambda known: typed.take(known, rows), by=by
        )
        settle = [item for item in settle if item in saved.rows]
        place: dict[str, Any] = {"filing": filing, "project": filing.project, "by": by}
        settled = mark_saved(items=settle, **place) if settle else 0
    except Filing.DoesNotExist as error:
        raise Http404 from error
    except ReviewRefused as refusal:
        return JsonResponse({"message": str(refusal)}, status=HTTPStatus.CONFLICT)
    return JsonResponse(saved_rows(filing, saved, typed.refused, settle, settled))


def _json_of(request: SignedInRequest) -> Any:
    """Raises `ValueError` for anything else; a form's body was read before."""
    if request.content_type != "application/json":
        raise ValueError(request.content_type)
    return json.loads(request.body)


@fills
@quantities_only
@requires(Permission.MAINTAIN, roles=INSTITUTION)
@require_POST
def demand_doubt(request: SignedInRequest, code: str) -> HttpResponse:
    """历史数有误."""
    desk = DemandPage.of(request.actor, code)
    item = get_object_or_404(
        CatalogItem, project=desk.project, pk=number_of(request.POST.get("item")) or 0
    )
    form = DoubtForm(request.POST, years=desk.project.baseline_years, item=item)
    return carry_out(
        request,
        lambda: raise_doubt(
            filing=desk.filing, project=desk.project, item=item, by=request.actor, **form.values()
        ),
        lambda _: f"已提出“{item}”的历史采购量有误，等待省医保核定。",
        reverse("reporting:demand_edit", args=[code]),
    )
