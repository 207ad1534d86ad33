"""Every component on one page, with made-up content; exists in DEBUG only."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from apps.ui.gallery_samples import (
    INSTITUTIONS,
    SAMPLES,
    STATUSES,
    SampleForm,
    SampleQuery,
    SampleTable,
    Status,
)
from apps.ui.icons import known_icons
from apps.ui.lists import render_list
from apps.ui.paging import CappedPaginator
from apps.ui.tones import TONES


def shown_in_debug(view: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """404 outside DEBUG; inside, open to everybody (the mark that the session rules look for)."""

    @wraps(view)
    def shown(request: HttpRequest) -> HttpResponse:
        if not settings.DEBUG:
            raise Http404
        return view(request)

    vars(shown).update(public=True)
    return shown


def _chain() -> list[dict[str, Any]]:
    now = timezone.now()
    return [
        {"label": "医疗机构填报", "state": "done", "since": now - timedelta(days=3), "who": "王敏"},
        {
            "label": "区县医保审核",
            "state": "current",
            "since": now - timedelta(hours=5),
            "who": "武昌区医保局",
        },
        {"label": "市医保审核", "state": "todo"},
        {"label": "省医保审核", "state": "todo"},
        {"label": "联采办", "state": "todo"},
    ]


def _rows(count: int) -> list[dict[str, Any]]:
    now = timezone.now()
    return [
        {
            "number": number,
            "name": INSTITUTIONS[number % len(INSTITUTIONS)]
            + (f"（{number} 院区）" if number >= len(INSTITUTIONS) else ""),
            "code": f"H4201060{number:04d}",
            "status": Status(*STATUSES[number % len(STATUSES)]),
            "items": 156 - number % 7,
            "quantity": 1_284_530 - 7_919 * number,
            "amount": Decimal("8452190.00") - 31_337 * number,
            "change": Decimal(number % 90 - 40),
            "submitted_at": now - timedelta(hours=number),
            "contact": "王敏",
        }
        for number in range(count)
    ]


@shown_in_debug
def gallery(request: HttpRequest) -> HttpResponse:
    """All components."""
    form = SampleForm({"name": "王敏", "tiers": ["c"]})
    form.add_error(None, "两次输入的密码不一致。")
    shown = {
        "form": form,
        "clean_form": SampleForm(auto_id="clean_%s"),
        "tones": TONES.values(),
        "icons": sorted(known_icons()),
        "chain": _chain(),
        "returned": [
            {"label": "医疗机构填报", "state": "returned"},
            *_chain()[2:4],
            {"label": "区县", "state": "skipped"},
        ],
        "tabs": [
            {"label": "全部", "href": "#", "current": True, "count": 156},
            {"label": "未填", "href": "#", "count": 38},
            {"label": "波动", "href": "#", "count": 9},
        ],
        "times": [
            timezone.now() + timedelta(**left)
            for left in ({"days": 5}, {"days": 2}, {"hours": 3}, {"hours": -1})
        ],
        "midnight": timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0),
        "page": CappedPaginator(range(432), 20).page(3),
    }
    return render(request, "ui/gallery.html", shown)


@shown_in_debug
def gallery_list(request: HttpRequest) -> HttpResponse:
    """A list page; `?rows=0` shows it empty."""
    if request.method == "POST":
        messages.success(request, "已审核通过 3 家机构。")
    count = int(request.GET.get("rows", "187"))
    context = {"query": SampleQuery(request.GET or None), "chain": _chain()}
    return render_list(
        request,
        "ui/gallery_list.html",
        table_class=SampleTable,
        queryset=_rows(count),
        context=context,
    )


@shown_in_debug
def gallery_entry(request: HttpRequest) -> HttpResponse:
    """An entry page, as in the drawn model."""
    names = ("name", "code", "unit", "bought", "used", "wanted", "status")
    rows = [
        {
            **dict(zip(names, sample, strict=True)),
            "status": Status(*sample[-1]),
            "change": _change(sample),
        }
        for sample in SAMPLES
    ]
    shown: dict[str, Any] = {
        "rows": rows,
        "chain": [{"label": "填报", "state": "current", "since": timezone.now()}, *_chain()[1:]],
        "until": timezone.now() + timedelta(days=3, hours=4, minutes=12),
        "tabs": [
            {"label": "全部", "href": "#", "current": True, "count": 156},
            {"label": "未填", "href": "#", "count": 38},
            {"label": "波动", "href": "#", "count": 9},
        ],
    }
    shown["chain"][1] = {"label": "区县医保审核", "state": "todo"}
    return render(request, "ui/gallery_entry.html", shown)


def _change(sample: tuple[Any, ...]) -> float | None:
    bought, wanted = sample[3], sample[5]
    return (wanted - bought) / bought * 100 if wanted is not None else None
