"""The steps of a chain and the tabs of a page, each drawn once for how it looks."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.formats import localize
from django.utils.safestring import SafeString

from apps.ui.patterns import part

Moment = Callable[[datetime], SafeString]


def steps(items: Iterable[Any], label: str, *, moment: Moment) -> SafeString:
    """Items: label, state (done|current|todo|returned|skipped), since, who; `moment` draws since when."""
    keys = {"label": "", "state": "todo", "since": None, "who": ""}
    chain = [_step(place, _read(item, keys), moment) for place, item in enumerate(items, 1)]
    return part("ui/_steps.html", {"label": label, "chain": SafeString("".join(chain))})


def _step(place: int, step: Mapping[str, Any], moment: Moment) -> SafeString:
    since = moment(step["since"]) if step["since"] else ""
    shown = {"place": place, "label": step["label"], "who": step["who"], "since": since}
    return part("ui/_step.html", shown, state=step["state"])


def tabs(items: Iterable[Any], label: str, *, boxed: bool) -> SafeString:
    """Items: label, href, current, count."""
    keys = {"label": "", "href": "", "current": False, "count": None}
    inner = "".join([_tab(_read(item, keys)) for item in items])
    return part("ui/_tabs.html", {"label": label, "tabs": SafeString(inner)}, boxed=boxed)


def _tab(tab: Mapping[str, Any]) -> SafeString:
    shown = {"label": tab["label"], "href": tab["href"], "count": localize(tab["count"])}
    return part("ui/_tab.html", shown, current=bool(tab["current"]))


def _read(item: Any, keys: Mapping[str, Any]) -> dict[str, Any]:
    """The named values of a mapping or an object, with defaults for what it lacks."""
    if isinstance(item, Mapping):
        return {key: item.get(key, default) for key, default in keys.items()}
    return {key: getattr(item, key, default) for key, default in keys.items()}
