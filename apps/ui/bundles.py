"""What pages ask for together, in one file each when static files are collected: the base style, and scripts.

Invariant: a bundle is its modules, each in a scope of its own, in the order in which a browser would run them; nothing
of them is rewritten but how they hand names to each other, and that comments and indents stay at home (no text goes
over several lines). No module is in two bundles, nor in one and by itself on the
same page. Where static files are not collected (DEBUG, tests) pages name the modules.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from django.conf import settings

from apps.ui.modules import imports_of

STYLES = (
    "tabler/tabler.css",
    *(f"css/{name}.css" for name in ("tokens", "frame", "page", "pill", "form", "table", "grid")),
    "css/dialog.css",
)
PRINTED = "css/print.css"
SCRIPTS: Mapping[str, tuple[str, ...]] = {
    "base": (
        *("rail", "round-picker", "dialog", "toast", "countdown", "cards", "whole-columns"),
        *("skip-to-work", "full-text", "select-rows", "submit-once", "unsaved", "shortcuts"),
    ),
    "sheet": ("demand-sheet",),
    "slot": ("allocation-keys", "allocation-paste", "allocation-save", "allocation-slot"),
}
ALONE = frozenset({"demand-rows"})
"""Modules that a page asks for before its bundle, which imports them."""
STYLE = "css/base-bundle.css"

_IMPORT = re.compile(r'^import \{ ([^}]*) \} from "\./([\w-]+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async function|function|const|class) (\w+))", re.MULTILINE)
_AROUND = re.compile(r"^[ \t]*(?://.*)?(?:\n|\Z)|^[ \t]+", re.MULTILINE)
"""Lines that say nothing to a browser, and indents."""
_PAGE = re.compile(r"^@page .*\n", re.MULTILINE)


def script_file(bundle: str) -> str:
    return f"js/{bundle}-bundle.js"


def written() -> Iterator[tuple[str, str]]:
    """Every bundle: its file below the static root, and its text."""
    yield STYLE, _style()
    for bundle, names in SCRIPTS.items():
        yield script_file(bundle), _script(names)


def modules_of(bundle: str) -> list[str]:
    """In the order in which they run."""
    return [name for name in _in_order(SCRIPTS[bundle]) if name not in ALONE]


def _in_order(names: Iterable[str]) -> list[str]:
    """Each after all that it imports."""
    found: dict[str, None] = {}
    for name in names:
        found |= dict.fromkeys([*imports_of([name]), name])
    return list(found)


def _style() -> str:
    """What is for paper alone comes last, as its medium; the size of a page belongs to no medium."""
    printed = _source(PRINTED)
    pages = "".join(_PAGE.findall(printed))
    screen = "\n".join(map(_source, STYLES))
    return f"{screen}\n@media print {{\n{_PAGE.sub('', printed)}}}\n{pages}"


def _script(names: tuple[str, ...]) -> str:
    order = _in_order(names)
    outside = [
        f'import * as {_held(name)} from "./{name}.js";\n' for name in order if name in ALONE
    ]
    return "".join([*outside, *(_scoped(name) for name in order if name not in ALONE)])


def _scoped(name: str) -> str:
    source = _AROUND.sub("", _IMPORT.sub(_taken, _source(f"js/{name}.js")))
    given = ", ".join(_EXPORT.findall(source))
    return (
        f"const {_held(name)} = (() => {{\n{_EXPORT.sub('', source)}return {{ {given} }};\n}})();\n"
    )


def _taken(found: re.Match[str]) -> str:
    names = found[1].replace(" as ", ": ")
    return f"const {{ {names} }} = {_held(found[2])};\n"


def _held(name: str) -> str:
    return f"module_{name.replace('-', '_')}"


def _source(name: str) -> str:
    return (settings.BASE_DIR / "static" / name).read_text(encoding="utf-8")
