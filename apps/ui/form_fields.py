"""Turns a bound field into what `ui/_field.html` draws (classes, ids of help and error, kind); what fields offer."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.safestring import SafeString

from apps.ui.patterns import part

CLASSES = {
    "select": "form-select",
    "check": "form-check-input",
    "group": "form-check-input",
    "file": "form-control",
    "textarea": "form-control",
    "text": "form-control",
}


def kind_of(bound: forms.BoundField) -> str:
    """Which of the drawings in `ui/_field.html` fits the widget."""
    widget = bound.field.widget
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "group"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.Select):
        return "select"
    if isinstance(widget, forms.FileInput):
        return "file"
    if isinstance(widget, forms.Textarea):
        return "textarea"
    return "text"


def presented(
    bound: forms.BoundField, *, help_text: str = "", label: str = "", compact: bool = False
) -> dict[str, Any]:
    """The context of one field; `help_text` and `label` replace the field's own."""
    kind = kind_of(bound)
    helped = help_text or bound.help_text
    attrs: dict[str, str | bool] = {"class": _classes(bound, kind, compact=compact)}
    if described := _described_by(bound, helped=bool(helped)):
        attrs["aria-describedby"] = described
    return {
        "kind": kind,
        "id": bound.id_for_label or bound.auto_id,
        "name": bound.html_name,
        "label": label or bound.label,
        "required": bound.field.required and not compact,
        "help": helped,
        "help_id": f"{bound.auto_id}_helptext",
        "errors": bound.errors,
        "error_id": f"{bound.auto_id}_error",
        "control": bound if kind == "group" else bound.as_widget(attrs=attrs),
        "compact": compact,
    }


def drawn(bound: forms.BoundField, **how: Any) -> SafeString:
    """`ui/_field.html` with one field; `how` as `presented` takes it."""
    shown = presented(bound, **how)
    errors = shown.pop("errors")
    shape = {name: shown.pop(name) for name in ("kind", "required", "compact")}
    return part("ui/_field.html", shown, errors=tuple(map(str, errors)), **shape)


def _classes(bound: forms.BoundField, kind: str, *, compact: bool) -> str:
    names = [
        bound.field.widget.attrs.get("class", ""),
        CLASSES[kind],
        f"{CLASSES[kind]}-sm" if compact else "",
        "is-invalid" if bound.errors else "",
    ]
    return " ".join(filter(None, names))


def _described_by(bound: forms.BoundField, *, helped: bool) -> str:
    ids = [f"{bound.auto_id}_helptext"] if helped else []
    if bound.errors:
        ids.append(f"{bound.auto_id}_error")
    return " ".join(ids)


def with_errors(form: forms.BaseForm) -> list[dict[str, Any]]:
    """Label, anchor and first sentence of every field that was refused."""
    return [
        {
            "label": bound.label,
            "anchor": bound.id_for_label or bound.auto_id,
            "error": bound.errors[0],
        }
        for bound in form
        if bound.errors
    ]


def offer(form: forms.BaseForm, name: str, choices: Any) -> None:
    """What may be chosen in this field of this form."""
    field: Any = form.fields[name]
    field.choices = choices


def offer_rows(form: forms.BaseForm, name: str, rows: QuerySet[Any]) -> None:
    """The same of a field whose choices are rows."""
    field: Any = form.fields[name]
    field.queryset = rows
