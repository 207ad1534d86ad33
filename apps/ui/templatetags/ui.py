"""Components: `{% icon name="send" %}` and so on; a builtin library, nothing to load.

Every argument is keyword-only, so a misspelt one fails when the template compiles. Text is
escaped; block components (marked …end) wrap trusted template content. Look at all of them on
the gallery page (`/gallery/`, DEBUG). Dates are aware datetimes, quantities whole numbers of the
smallest unit, money Decimal.

Text and marks
    {% icon name="send" %}  {% icon name="flag" label="有变化" %}     names: vendor.lock.json
    {% status_pill label=status.label tone=status.tone %}              tones: apps/ui/tones.py
    {% quantity value=14400 unit="片" pack=12 pack_unit="盒" %}        14,400 片 = 1,200 盒
    {% money value=total %}  {% money value=price decimals=4 %}        ¥ 8,452,190.00
    {% rate value=17.4 limit=30 %}                                     +17.4 %, flagged beyond ±limit
    {% moment value=filing.submitted_at %}  {% deadline value=window.end %}   …25 日 24:00
    {% countdown until=window.end %}                                   ticks by the server's clock
    {% progress_bar done=118 total=156 label="填报进度" %}              label is for screen readers

Blocks of a page
    {% crumb label="分量" href=url %}                                  in block breadcrumb; last one without href
    {% figures %}{% figure label="要填" value=156 unit="个" note="75.6%" tone="warning" %}{% endfigures %}
    {% steps items=chain label="审核进度" %}      items: label, state (done|current|todo|returned|skipped),
                                                 since (datetime), who
    {% card title="说明" %}…{% endcard %}         flush=True: no padding (tables); grow=True: fills the page
    {% card_head title="明细" %}buttons{% endcard_head %}     inside {% card flush=True %}, with buttons at the right
    {% empty_state title="还没有申报" icon="clipboard-list" %}what to do next{% endempty_state %}
    {% alert tone="warning" title="尚未填完" %}…{% endalert %}
    {% savebar %}{% progress_bar … %}<span class="num">118 / 156 已填</span>
        <span class="savebar-end">合计</span>{% endsavebar %}     in block savebar, or last in a panel
    {% tabs items=tabs label="筛选" %}            items: label, href, current, count; boxed=True: segmented

Forms
    {% form_head form=form %}                    version and errors: see saving.py
    {% field field=form.name help="…" %}         label, control, help, error, required mark
    {% dialog id="submit" title="上报" confirm="确认上报" effect="将 17 家机构…" action=url %}fields{% enddialog %}
        without action= it belongs to the form around it (bulk_form) and confirms with name= value=;
        tone="danger" for destructive acts; cancel="取消"; proof=True asks for the password once more
    {% open_dialog dialog="submit" label="上报" icon="send" look="primary" %}   looks: primary danger plain quiet
        needs_selection=True: only with ticked rows; shortcut="alt+enter"; href= for use without JavaScript.
        One dialog for many rows: <a href="{% url … %}" data-dialog-open="reset" data-fill-name="{{ row.name }}"
        data-fill-action="{% url … %}"> writes into [data-fill="name"] and sets the dialog's form action.

Lists (with apps.ui.lists.render_list)
    {% query_bar form=filter.form %}extra buttons{% endquery_bar %}   查询, 重置; keep=4 fields before 更多条件
    {% bulk_form table=table action=url %}buttons and dialogs{% endbulk_form %}   已选 N 条, 全部符合条件的 N 条
    {% data_table table=table %}                 the table, its empty state and pager
Behaviours by attribute (static/js, all optional: pages work without scripts)
    Every posted form keeps what was typed until the server took it, and offers it again (static/js/unsaved.js);
    <form data-no-draft> doesn't. Buttons in <span data-acts-on-saved="form id"> are shut while that form differs.
    <form data-repeatable>    may be sent again at once (downloads); every other form is sent once
    data-shortcut="alt+enter" on a button or link · data-submit-on-change on a control of a filter
    document.dispatchEvent(new CustomEvent("toast", {detail: {text, tone}}))
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms, template
from django.template import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from apps.ui import chains, form_fields, formats, icons, paging
from apps.ui.patterns import part
from apps.ui.tables import ListTable
from apps.ui.tones import TONES, pill

register = template.Library()


@register.simple_tag
def icon(*, name: str, label: str = "", size: str = "") -> SafeString:
    return icons.svg(name, label=label, size=size)


@register.simple_tag
def status_pill(*, label: str, tone: str = "neutral") -> SafeString:
    return pill(label, tone)


@register.simple_tag
def quantity(
    *,
    value: int | None,
    unit: str = "",
    pack: int | None = None,
    pack_unit: str = "盒",
    packs: str = "",
) -> SafeString:
    in_packs = packs or formats.packs(value, pack=pack, unit=unit, pack_unit=pack_unit)
    return format_html(
        '<span class="num">{}{}</span>{}',
        formats.whole(value),
        f" {unit}" if unit and value is not None else "",
        format_html(' <span class="packs num">{}</span>', in_packs) if in_packs else "",
    )


@register.simple_tag
def money(*, value: Decimal | int | None, decimals: int = 2) -> SafeString:
    return format_html('<span class="num">{}</span>', formats.yuan(value, decimals=decimals))


@register.simple_tag
def rate(*, value: Any, limit: Any = None) -> SafeString:
    """A change in percent; beyond ±limit it is flagged by colour, weight and icon."""
    text = formats.percent(value, signed=True)
    if value is None or limit is None or abs(value) <= limit:
        return format_html('<span class="num rate">{}</span>', text)
    mark = icons.svg("alert-triangle", label="超出范围")
    return format_html('<span class="num rate rate-over">{}{}</span>', mark, text)


@register.simple_tag
def moment(*, value: datetime | None) -> SafeString:
    return _time(value, formats.moment(value))


@register.simple_tag
def short_moment(*, value: datetime | None) -> SafeString:
    return _time(value, formats.short_moment(value))


@register.simple_tag
def deadline(*, value: datetime | None) -> SafeString:
    return _time(value, formats.deadline(value))


def _time(value: datetime | None, text: str) -> SafeString:
    if value is None:
        return format_html('<span class="num">{}</span>', text)
    stamp = timezone.localtime(value).isoformat(timespec="seconds")
    return format_html('<time class="num" datetime="{}">{}</time>', stamp, text)


@register.simple_tag
def countdown(*, until: datetime | None, now: datetime | None = None) -> SafeString:
    if until is None:
        return format_html('<span class="num">{}</span>', "不限时")
    now = now or timezone.now()
    return format_html(
        '<time class="num countdown tone-{}" datetime="{}" data-countdown data-now="{}"'
        ' data-until="{}">{}</time>',
        formats.urgency(until, now=now) or "plain",
        timezone.localtime(until).isoformat(timespec="seconds"),
        int(now.timestamp()),
        int(until.timestamp()),
        formats.remaining(until, now=now),
    )


@register.simple_tag
def progress_bar(*, done: int, total: int, label: str, tone: str = "") -> SafeString:
    return format_html(
        '<progress class="bar{}" value="{}" max="{}" aria-label="{}"></progress>',
        f" bar-{tone}" if tone else "",
        done,
        max(total, 1),
        label,
    )


@register.simple_tag
def crumb(*, label: str, href: str = "") -> SafeString:
    """One step of the way here; where there is no room its text is cut and stands in the title."""
    if not href:
        return format_html('<li class="crumb" aria-current="page" title="{0}">{0}</li>', label)
    return format_html('<li class="crumb"><a href="{0}" title="{1}">{1}</a></li>', href, label)


@register.simple_block_tag
def figures(content: str) -> SafeString:
    return format_html('<dl class="figures">{}</dl>', content)


@register.simple_tag
def figure(
    *, label: str, value: Any, unit: str = "", note: str = "", tone: str = "", href: str = ""
) -> SafeString:
    if isinstance(value, int | Decimal):
        value = formats.whole(value)
    return part("ui/_figure.html", dict(locals()))


@register.simple_tag
def steps(*, items: list[Any], label: str = "审核进度") -> SafeString:
    return chains.steps(items, label, moment=lambda since: short_moment(value=since))


@register.simple_block_tag
def card(
    content: str,
    *,
    title: str = "",
    flush: bool = False,
    grow: bool = False,
    id: str = "",  # noqa: A002 the attribute's name
) -> SafeString:
    head = format_html('<div class="panel-head"><h2>{}</h2></div>', title) if title else ""
    body = content if flush else format_html('<div class="panel-body">{}</div>', content)
    return format_html(
        '<section class="panel{}"{}>{}{}</section>',
        " panel-grow" if grow else "",
        format_html(' id="{}"', id) if id else "",
        head,
        body,
    )


@register.simple_block_tag
def card_head(content: str, *, title: str, note: str = "") -> SafeString:
    return format_html(
        '<div class="panel-head"><h2>{}</h2><span class="panel-note">{}</span>'
        '<div class="panel-actions">{}</div></div>',
        title,
        note,
        content,
    )


@register.simple_block_tag
def empty_state(content: str, *, title: str, icon: str = "folder-open") -> SafeString:
    return format_html(
        '<div class="empty-state">{}<p class="empty-state-title">{}</p>'
        '<div class="empty-state-hint">{}</div></div>',
        icons.svg(icon),
        title,
        content,
    )


@register.simple_block_tag
def alert(content: str, *, tone: str = "info", title: str = "") -> SafeString:
    known = TONES[tone]
    return format_html(
        '<div class="notice notice-{}" role="{}">{}<div>{}{}</div></div>',
        known.name,
        "alert" if tone == "danger" else "status",
        icons.svg(known.icon),
        format_html('<p class="notice-title">{}</p>', title) if title else "",
        content,
    )


@register.simple_block_tag
def savebar(content: str, *, label: str = "进度与合计") -> SafeString:
    return format_html('<section class="savebar" aria-label="{}">{}</section>', label, content)


@register.simple_tag
def tabs(*, items: list[Mapping[str, Any]], label: str, boxed: bool = False) -> SafeString:
    return chains.tabs(items, label, boxed=boxed)


@register.inclusion_tag("ui/_form_errors.html")
def form_errors(*, form: forms.BaseForm) -> dict[str, Any]:
    return {"general": form.non_field_errors(), "fields": form_fields.with_errors(form)}


@register.simple_tag
def field(
    *,
    field: forms.BoundField,
    help: str = "",  # noqa: A002 as Django's help_text
    label: str = "",
) -> SafeString:
    return form_fields.drawn(field, help_text=help, label=label)


@register.simple_block_tag(takes_context=True)
def dialog(
    context: Context,
    content: str,
    *,
    id: str,  # noqa: A002 the attribute's name
    title: str,
    confirm: str,
    effect: str = "",
    action: str = "",
    name: str = "",
    value: str = "",
    tone: str = "primary",
    cancel: str = "取消",
    proof: bool = False,
) -> SafeString:
    """A confirmation; `effect` says in numbers what will happen."""
    shown = {**locals(), "csrf_token": context.get("csrf_token", "")}
    del shown["context"], shown["proof"]
    return part("ui/_dialog.html", shown, proof=proof)


@register.simple_tag
def open_dialog(
    *,
    dialog: str,
    label: str,
    icon: str = "",
    look: str = "plain",
    href: str = "",
    shortcut: str = "",
    needs_selection: bool = False,
) -> SafeString:
    return part(
        "ui/_open_dialog.html",
        {"dialog": dialog, "label": label, "href": href},
        icon=icon,
        look=look,
        shortcut=shortcut,
        needs_selection=bool(needs_selection),
    )


@register.simple_block_tag(takes_context=True)
def query_bar(
    context: Context,
    content: str,
    *,
    form: forms.BaseForm,
    keep: int = 4,
    reset: str = "重置",
    ask: str = "查询",
    back: str = "",
) -> SafeString:
    """`ask` names the button; `back` is where 重置 leads if not to the bare address."""
    request = context["request"]
    shown = list(form.visible_fields())
    later = shown[keep:] if len(shown) > keep + 1 else []
    first = shown[:keep] if later else shown
    bar = {
        "first": [form_fields.drawn(bound, compact=True) for bound in first],
        "later": [form_fields.drawn(bound, compact=True) for bound in later],
        "later_open": any(form.data.get(bound.html_name) for bound in later),
        "hidden": form.hidden_fields(),
        "kept": paging.kept_parameters(request),
        "reset": reset,
        "ask": ask,
        "back": back or request.path,
        "path": request.path,
        "extra": content,
    }
    return mark_safe(render_to_string("ui/_query_bar.html", bar))  # noqa: S308 a rendered template


@register.simple_block_tag(takes_context=True)
def bulk_form(context: Context, content: str, *, table: ListTable, action: str = "") -> SafeString:
    if table.printed:
        return SafeString("")
    shown = {
        "table": table,
        "action": action or f"?{context['request'].GET.urlencode()}",
        "csrf_token": context.get("csrf_token", ""),
        "buttons": content,
    }
    return mark_safe(render_to_string("ui/_bulk_form.html", shown))  # noqa: S308 a rendered template


@register.inclusion_tag("ui/table.html", takes_context=True)
def data_table(context: Context, *, table: ListTable) -> dict[str, Any]:
    request = context["request"]
    table.context = context
    table.before_render(request)
    heads = [
        paging.head_cell(request, column, table.classes[column.name][0]) for column in table.columns
    ]
    to_print = paging.address(request, print=None if table.printed else 1, page=None)
    return {"table": table, "request": request, "heads": heads, "to_print": to_print}


@register.simple_tag
def head_class(*, column: Any, table: ListTable) -> str:
    return table.classes[column.name][0]


@register.simple_tag
def list_row(*, row: Any, table: ListTable) -> SafeString:
    return table.row_html(row)


@register.inclusion_tag("ui/_pager.html", takes_context=True)
def pager(
    context: Context, *, page: Any, sizes: tuple[int, ...] = (10, 20, 50, 100), to_print: str = ""
) -> dict[str, Any]:
    """`to_print`: the address of the whole list for the printer."""
    return {**paging.pager(context["request"], page, sizes), "to_print": to_print}


@register.simple_block_tag
def refusal(
    content: str, *, title: str, icon: str, request_id: str = "", is_fault: bool = False
) -> SafeString:
    """The body of an error page; draws without a request (500). Of a fault the number is what support needs."""
    shown = {"content": content, "title": title, "icon": icon}
    told = {"request_id": request_id, "is_fault": is_fault}
    return mark_safe(render_to_string("ui/_refusal.html", shown | told))  # noqa: S308 a rendered template
