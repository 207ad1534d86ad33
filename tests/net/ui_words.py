"""Every text that the product shows, as it stands in templates, scripts and Python: for tests that look words up.

`texts` are whole: a button's, a heading's, a label's. `patterns` are those with something filled in.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
CHINESE = re.compile(r"[\u4e00-\u9fff]")
TAGS = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}|<[^>]*>", re.DOTALL)
QUOTED = re.compile(r"""(?:"([^"{}<>]*)"|'([^'{}<>]*)')""")
FILLED = re.compile(r"{[^{}]*}")
FIXED = 4
"""So many Chinese letters have to stand fast in a text with something filled in, to recognise it by."""


@cache
def texts() -> frozenset[str]:
    return frozenset(found for _place, found in places())


@cache
def places() -> tuple[tuple[str, str], ...]:
    """Each text with the file that it stands in; docstrings are no texts."""
    return tuple(_places())


def _places() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "templates").rglob("*.html")):
        name = path.relative_to(ROOT).as_posix()
        yield from ((name, text) for text in _of_template(path.read_text("utf-8")))
    for path in sorted((ROOT / "static" / "js").glob("*.js")):
        name = path.relative_to(ROOT).as_posix()
        quoted = re.findall(r"[\"'`]([^\"'`\n]*)[\"'`]", path.read_text("utf-8"))
        yield from ((name, text) for text in map(_plain, quoted) if CHINESE.search(text))
    for path in _modules():
        name = path.relative_to(ROOT).as_posix()
        yield from ((name, text) for text in _of_module(path) if CHINESE.search(text))


def _of_template(source: str) -> Iterator[str]:
    source = re.sub(r"{% comment %}.*?{% endcomment %}", "", source, flags=re.DOTALL)
    for text in TAGS.split(source):
        if CHINESE.search(text):
            yield _plain(text)
    for pair in QUOTED.findall(source):
        if CHINESE.search("".join(pair)):
            yield _plain("".join(pair))


def _modules() -> list[Path]:
    found = (ROOT / "apps").rglob("*.py")
    return sorted(path for path in found if not {"migrations", "demo"} & set(path.parts))


def _of_module(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text("utf-8"))
    said = _docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield _plain(node.value)


def _docstrings(tree: ast.AST) -> set[int]:
    """Strings that stand alone: of modules, classes, functions and constants."""
    alone = (node for node in ast.walk(tree) if isinstance(node, ast.Expr))
    return {id(node.value) for node in alone if isinstance(node.value, ast.Constant)}


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@cache
def patterns() -> tuple[re.Pattern[str], ...]:
    found = set()
    for path in _modules():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = (
                    re.escape(part.value) if isinstance(part, ast.Constant) else ".+"
                    for part in node.values
                )
                found.add("".join(map(str, parts)))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value
                if FILLED.search(text):
                    found.add(".+".join(map(re.escape, FILLED.split(text))))
    known = (each for each in found if len(CHINESE.findall(each)) >= FIXED)
    return tuple(re.compile(each) for each in sorted(known))


def is_shown(word: str) -> bool:
    """Whether the product has this very text somewhere."""
    return word in texts() or any(pattern.fullmatch(word) for pattern in patterns())
