"""Forms that edit what is there say which values they showed, and refuse to write over newer ones.

Invariant: what another person saved after a form was opened is never undone without a word. A stale form keeps what
was typed, shows the newer value beside it and who saved it; what was not touched follows the newer value. Sent once
more, it counts: by then both values were on the page. A form that doesn't say what it showed is as good as stale.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from hashlib import blake2s
from typing import Any

from django import forms

from apps.audit.domain.seen import Marks, Seen, last_told
from apps.ui import formats

VERSION = "version"
"""The name of the hidden control, behind the form's prefix."""
LISTED = "\x1e"
NOBODY = "他人"
MOVED = "您打开这一页之后表中的行有增减，没有保存。请核对后重新填写。"
KEPT = "没有保存，您填的内容都还在，请核对后再点保存。"
UNSAID = f"您打开这一页之后内容是否有变，无法核对（提交的内容里没有页面的版本）；{KEPT}"


class Versioned:
    """For forms, before `forms.Form` among the bases.

    `is_edit` is false where nothing is there yet; `trail` are lookups of the log's entries on what is edited;
    `shown_besides` is what the page rests on beside its fields, by label.
    """

    is_edit: bool = True
    trail: Mapping[str, Any] = {}
    shown_besides: Mapping[str, object] = {}
    fields: dict[str, forms.Field]
    data: Any

    @cached_property
    def marks(self) -> Marks:
        """A short mark of each value as it is now, by field."""
        form: Any = self
        values = {
            name: _sent(field, form.get_initial_for_field(field, name))
            for name, field in self._kept()
        }
        besides = {f"+{label}": str(value) for label, value in self.shown_besides.items()}
        return {name: _mark(value) for name, value in (values | besides).items()}

    @property
    def version(self) -> str:
        """The hidden control's value; empty on a form that makes something new."""
        return (
            " ".join(f"{name}:{mark}" for name, mark in self.marks.items()) if self.is_edit else ""
        )

    @property
    def version_name(self) -> str:
        form: Any = self
        return str(form.add_prefix(VERSION))

    def full_clean(self) -> None:
        """Take over what others changed and this person didn't touch, then clean, then tell."""
        form: Any = self
        if not (form.is_bound and self.is_edit):
            super().full_clean()  # type: ignore[misc]
            return
        shown = _read(form.data.get(self.version_name, ""))
        newer = {name for name, mark in self.marks.items() if shown.get(name) != mark}
        moved = any(self._is_another(name, shown) for name in newer & self.fields.keys())
        disputed = self._catch_up(shown, newer, moved=moved) if newer else {}
        super().full_clean()  # type: ignore[misc]
        if moved:
            form.add_error(None, MOVED)
        elif newer and (not shown or disputed or self._is_different()):
            self._tell(newer if shown else (), disputed)

    def _is_another(self, name: str, shown: Mapping[str, str]) -> bool:
        """Whether a hidden key that holds now is not the one that the form showed, or sent if it doesn't say."""
        form: Any = self
        field = self.fields[name]
        sent = field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
        said = shown.get(name) or _mark(_text(sent))
        return field.widget.is_hidden and said != self.marks[name]

    def _kept(self) -> Iterable[tuple[str, forms.Field]]:
        return (
            (name, field)
            for name, field in self.fields.items()
            if name != VERSION and not isinstance(field, forms.FileField)
        )

    def _catch_up(
        self, shown: Mapping[str, str], newer: Iterable[str], *, moved: bool
    ) -> dict[str, str]:
        """Fill in the newer values of untouched fields; the newer values, in words, of those that were touched.

        Of a row of a table that is another one by now (`moved`: its hidden key differs) nothing is kept.
        """
        form: Any = self
        form.data = form.data.copy()
        form.data[self.version_name] = self.version
        disputed = {}
        for name in self.fields if moved else set(newer) & self.fields.keys():
            field, html_name = self.fields[name], form.add_prefix(name)
            now = form.get_initial_for_field(field, name)
            typed = _text(field.widget.value_from_datadict(form.data, form.files, html_name))
            if field.disabled or typed == _sent(field, now):
                continue
            if moved or _mark(typed) == shown.get(name):
                _put(form.data, html_name, field, now)
            else:
                disputed[name] = _in_words(field, now)
        return disputed

    def _is_different(self) -> bool:
        """Whether sending the form still changes anything: if not, both wanted the same."""
        form: Any = self
        return bool(form.has_changed())

    def _tell(self, newer: Iterable[str], disputed: Mapping[str, str]) -> None:
        """`newer` is empty if nobody knows what is."""
        form: Any = self
        form.add_error(None, self._what_changed(newer) if newer else UNSAID)
        for name, now in disputed.items():
            form.add_error(name, f"现在保存的是“{now}”，上面是您填的；再点保存就以您填的为准。")

    def _what_changed(self, newer: Iterable[str]) -> str:
        entry = last_told(self.trail)
        who = f"{entry.organization_name} {entry.actor_name}".strip() if entry else NOBODY
        when = f"于 {formats.moment(entry.at)} " if entry else ""
        names = "、".join(self._label(name) for name in self.marks if name in set(newer))
        return f"您打开这一页之后，{who}{when}修改了{names}；{KEPT}"

    def _label(self, name: str) -> str:
        return f"“{self.fields[name].label or name}”" if name in self.fields else f"“{name[1:]}”"


def seen_of(*shown: Any, again: Callable[[Any], Iterable[Any]]) -> Seen:
    """For the service: what these forms were made with. `again` makes them anew, unbound, from the locked row."""
    return Seen(_together(shown), lambda row: _together(again(row)))


def _together(shown: Iterable[Any]) -> Marks:
    return {form.add_prefix(name): mark for form in shown for name, mark in form.marks.items()}


def _read(version: str) -> dict[str, str]:
    parts = (part.rpartition(":") for part in version.split(" "))
    return {name: mark for name, _, mark in parts if name}


def _mark(text: str) -> str:
    return blake2s(text.encode(errors="replace"), digest_size=4).hexdigest()


def _sent(field: forms.Field, value: Any) -> str:
    """A value as a browser would send it back untouched."""
    widget, value = field.widget, field.prepare_value(value)
    if isinstance(widget, forms.MultiWidget):
        return _text(_parts(widget, value))
    if isinstance(widget, forms.CheckboxInput):
        return _text(widget.check_test(value))
    return _text(widget.format_value(value))


def _parts(widget: forms.MultiWidget, value: Any) -> list[str]:
    """What stands in each of its controls."""
    parts: list[Any] = value if isinstance(value, list) else widget.decompress(value) or []
    pairs = zip(widget.widgets, parts, strict=False)
    return [str(control.format_value(part) or "") for control, part in pairs]


def _text(value: Any) -> str:
    if isinstance(value, list | tuple | set):
        return LISTED.join(sorted(_text(part) for part in value))
    if isinstance(value, bool):
        return "on" if value else ""
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


def _put(data: Any, name: str, field: forms.Field, value: Any) -> None:
    """Write a value into what was sent (a `QueryDict`, in tests a dict), as the browser would have sent it."""
    widget, value = field.widget, field.prepare_value(value)
    if isinstance(widget, forms.MultiWidget):
        for index, part in enumerate(_parts(widget, value)):
            data[f"{name}_{index}"] = part
        return
    data.pop(name, None)
    if isinstance(widget, forms.CheckboxInput):
        data.update({name: "on"} if widget.check_test(value) else {})
    elif getattr(widget, "allow_multiple_selected", False):
        values = [_text(choice) for choice in widget.format_value(value) or ()]
        data.setlist(name, values) if hasattr(data, "setlist") else data.update({name: values})
    else:
        data[name] = _text(widget.format_value(value))


def _in_words(field: forms.Field, value: Any) -> str:
    """A value for a sentence: labels of choices, 是 and 否, 空."""
    value = field.prepare_value(value)
    if isinstance(field.widget, forms.CheckboxInput):
        return "是" if value else "否"
    if isinstance(field.widget, forms.MultiWidget):
        return " ".join(_parts(field.widget, value)).strip() or "空"
    if choices := getattr(field, "choices", None):
        labels = {str(key): str(label) for key, label in choices}
        many = value if isinstance(value, list | tuple | set) else [value]
        return (
            "、".join(labels.get(str(key), str(key)) for key in many if key not in {None, ""})
            or "空"
        )
    return str("" if value is None else value) or "空"
