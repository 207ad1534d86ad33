"""Inputs and choices of forms without a template: a query bar has a dozen templates of Django's for each of its fields.

Invariant: what is drawn is what Django's own templates draw, but for blanks between options. Everything else
(text areas, groups of boxes, widgets with templates of their own) is left to them.
"""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from django.forms.renderers import DjangoTemplates

WIDGETS = "django/forms/widgets/"
OPTION = f"{WIDGETS}select_option.html"
INPUTS = (
    "checkbox", "date", "datetime", "email", "hidden", "number", "password", "search", "tel", "text", "time", "url",
)  # fmt: skip
Shown = Mapping[str, Any]


class FormRenderer(DjangoTemplates):
    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        drawing = DRAWINGS.get(template_name)
        drawn = drawing(context["widget"]) if drawing else None
        return super().render(template_name, context, request) if drawn is None else drawn


def _input(widget: Shown) -> str:
    value = widget["value"]
    written = "" if value is None else f' value="{_text(value)}"'
    return (
        f'<input type="{widget["type"]}" name="{_text(widget["name"])}"{written}{_attrs(widget)}>'
    )


def _select(widget: Shown) -> str | None:
    groups = widget["optgroups"]
    if any(
        option["template_name"] != OPTION for _name, options, _place in groups for option in options
    ):
        return None
    inner = "".join(_group(name, options) for name, options, _place in groups)
    return f'<select name="{_text(widget["name"])}"{_attrs(widget)}>{inner}</select>'


def _group(name: Any, options: list[Shown]) -> str:
    inner = "".join(
        f'<option value="{_text(option["value"])}"{_attrs(option)}>{_text(option["label"])}</option>'
        for option in options
    )
    return f'<optgroup label="{_text(name)}">{inner}</optgroup>' if name else inner


def _attrs(widget: Shown) -> str:
    return "".join(
        f" {name}" if value is True else f' {name}="{_text(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _text(value: Any) -> str:
    """As `|stringformat:'s'`: numbers are not written the way of the language."""
    return value.__html__() if hasattr(value, "__html__") else escape(str(value))


DRAWINGS: Mapping[str, Callable[[Shown], str | None]] = {
    **{f"{WIDGETS}{name}.html": _input for name in INPUTS},
    f"{WIDGETS}select.html": _select,
}
