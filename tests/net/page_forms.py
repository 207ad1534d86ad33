"""The forms of a page as a browser sees them: their controls wherever they stand, and what it would send untouched."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

TYPED = {"text", "number", "email", "tel", "url", "date", "textarea"}
BUTTONS = {"submit", "button", "image", "reset"}
CSRF = "csrfmiddlewaretoken"
Attributes = dict[str, str]


@dataclass
class Control:
    """One control; `values` is what it would send, nothing for a box that isn't ticked."""

    name: str
    kind: str
    attributes: Attributes
    values: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)

    @property
    def is_free(self) -> bool:
        """Whether a person fills it in, and a draft would keep it."""
        shut = (
            self.kind in BUTTONS | {"hidden", "password", "file"} or "disabled" in self.attributes
        )
        return bool(self.name) and not shut and not self._ticks_rows

    @property
    def _ticks_rows(self) -> bool:
        return "data-select-row" in self.attributes or "data-select-all" in self.attributes

    @property
    def is_typed(self) -> bool:
        return self.is_free and self.kind in TYPED


@dataclass
class Form:
    """A form with all that belongs to it."""

    attributes: Attributes
    controls: list[Control] = field(default_factory=list)

    @property
    def posts(self) -> bool:
        return self.attributes.get("method", "").lower() == "post"

    def sent(self) -> dict[str, list[str]]:
        data: dict[str, list[str]] = {}
        for control in self.controls:
            if (
                control.name not in {"", CSRF}
                and control.kind not in BUTTONS | {"file"}
                and control.values
            ):
                data.setdefault(control.name, []).extend(control.values)
        return data


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.loose: list[tuple[str, Control]] = []
        self.open: Form | None = None
        self.filling: Control | None = None
        self.off = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag == "form":
            self.open = Form(given)
            self.forms.append(self.open)
        elif tag in {"input", "select", "textarea", "button"}:
            self._control(tag, given)
        elif tag == "option" and self.filling is not None:
            self.filling.options.append(given.get("value", ""))
            if "selected" in given:
                self.filling.values.append(given.get("value", ""))

    def _control(self, tag: str, given: Attributes) -> None:
        kind = (
            given.get("type", "text" if tag == "input" else "submit")
            if tag in {"input", "button"}
            else tag
        )
        control = Control(given.get("name", ""), kind, given)
        if tag == "input" and (kind not in {"checkbox", "radio"} or "checked" in given):
            default = "on" if kind in {"checkbox", "radio"} else ""
            control.values.append(given.get("value", default))
        if tag in {"select", "textarea"}:
            self.filling = control
        if tag == "textarea":
            control.values.append("")
        if owner := given.get("form", ""):
            self.loose.append((owner, control))
        elif self.open is not None:
            self.open.controls.append(control)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        chosen = self.filling.values if self.filling is not None else [""]
        if tag == "select" and not chosen and "multiple" not in self.filling.attributes:
            chosen += self.filling.options[:1]
        if tag in {"select", "textarea"}:
            self.filling = None

    def handle_data(self, data: str) -> None:
        if self.filling is not None and self.filling.kind == "textarea":
            # A browser leaves out the break right behind the tag.
            self.filling.values[0] = (self.filling.values[0] + data).removeprefix("\n")


def forms_on(page: str) -> list[Form]:
    reader = _Reader()
    reader.feed(page)
    by_id = {form.attributes.get("id"): form for form in reader.forms}
    for owner, control in reader.loose:
        if owner in by_id:
            by_id[owner].controls.append(control)
    return [form for form in reader.forms if form.posts]
