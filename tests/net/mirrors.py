"""Which module of `apps/` the tests of its app stand for: reads their source, runs nothing.

The tests of an app are those in `tests/<app>/`, and in a folder named by the first word of one of its addresses:
the pages of messages are the portal's and stand under `/notices/`, their tests in `tests/notices/`.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from tests.net.test_architecture import ROOT

APPS, TESTS = ROOT / "apps", ROOT / "tests"
FRAMEWORK = {"__init__", "apps"}
"""Stems of what declares and re-exports."""
ROOMS = {"domain", "models", "pages", "files", "management", "commands"}
HOLE = "1"
"""What stands for a placeholder of an address: it fits numbers and words alike."""


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


EVERY = {dotted(path): path for path in sorted(APPS.rglob("*.py"))}


def modules() -> list[str]:
    """Those that somebody wrote by hand, and that do something."""
    return [
        name
        for name, path in EVERY.items()
        if path.stem not in FRAMEWORK
        and not path.stem.endswith("urls")
        and not {"migrations", "fonts"} & set(path.parts)
    ]


def app_of(module: str) -> str:
    return module.split(".")[1]


def words(text: str) -> set[str]:
    """In the singular."""
    return {
        re.sub(r"ies$", "y", re.sub(r"(?<=[^s])s$", "", word))
        for word in re.findall(r"[a-z0-9]+", text)
    }


@dataclass
class Seen:
    """What the tests in one folder name."""

    imported: set[str] = field(default_factory=set)
    files: list[set[str]] = field(default_factory=list)
    addresses: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    begun: set[str] = field(default_factory=set)
    """Names of addresses that a test completes: `allocation:substitution_`."""


@cache
def folder(name: str) -> Seen:
    seen = Seen()
    for path in sorted((TESTS / name).rglob("*.py")):
        if path.stem.startswith("test_"):
            seen.files.append(words(path.stem.removeprefix("test_")))
        tree = ast.parse(path.read_text(encoding="utf-8"))
        seen.imported |= set(imported(tree, f"tests.{name}"))
        seen.texts |= set(texts(tree))
    seen.addresses = {name for text in seen.texts if (name := name_of(text))}
    begun = re.compile(rf"(\w+:[a-z_]+_){HOLE}")
    seen.begun = {match[1] for text in seen.texts if (match := begun.fullmatch(text))}
    return seen


def imported(tree: ast.AST, package: str) -> Iterator[str]:
    """The modules of ours where the imported names are defined, behind whatever hands them on."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in EVERY)
        elif isinstance(node, ast.ImportFrom):
            source = absolute(node, package)
            if source in EVERY:
                yield from (home(source, alias.name) for alias in node.names)


def absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    above = package.split(".")
    return ".".join([*above[: len(above) - node.level + 1], *filter(None, [node.module])])


@cache
def handed_on(package: str) -> dict[str, str]:
    tree = ast.parse(EVERY[package].read_text(encoding="utf-8"))
    return {
        alias.asname or alias.name: absolute(node, package)
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def home(module: str, name: str) -> str:
    if f"{module}.{name}" in EVERY:
        return f"{module}.{name}"
    further = handed_on(module).get(name) if EVERY[module].stem == "__init__" else None
    return home(further, name) if further in EVERY else module


def texts(tree: ast.AST) -> Iterator[str]:
    """Every text, with its placeholders filled in."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                part.value if isinstance(part, ast.Constant) else HOLE for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def name_of(text: str) -> str:
    """The name of the address that the text is, if it is one."""
    if not text.startswith("/") or "\n" in text:
        return ""
    try:
        return resolve(text.split("?", maxsplit=1)[0]).view_name
    except Resolver404:
        return ""


@dataclass
class Page:
    """What the addresses of one module's views are called; `ends` is what stands after their last placeholder."""

    folders: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    ends: set[str] = field(default_factory=set)


@cache
def pages() -> dict[str, Page]:
    found: dict[str, Page] = defaultdict(Page)
    for address, space, pattern in _below(get_resolver(), "", ""):
        page = found[pattern.callback.__module__]
        page.folders.add(address.split("/")[0])
        page.names |= {f"{space}:{pattern.name}", str(pattern.name)}
        end = re.split(r"<[^>]*>/", address)[-1]
        page.ends |= {end} if end != address and len(end) > len("x/") else set()
    return found


def _below(resolver: URLResolver, prefix: str, space: str) -> Iterator[tuple[str, str, URLPattern]]:
    for pattern in resolver.url_patterns:
        address = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from _below(pattern, address, pattern.namespace or space)
        elif pattern.callback.__module__ in EVERY:
            yield address, space, pattern


@cache
def folders_of(app: str) -> set[str]:
    first = {app}.union(*(page.folders for name, page in pages().items() if app_of(name) == app))
    return {name for name in first if (TESTS / name).is_dir()}


def stood_for(module: str) -> bool:
    """A test of its app imports it or writes its name, bears its name, or asks for its address or command."""
    return any(_stands(folder(name), module) for name in folders_of(app_of(module)))


def _stands(seen: Seen, module: str) -> bool:
    own = words("_".join(part for part in module.split(".")[2:] if part not in ROOMS))
    page = pages().get(module, Page())
    return (
        module in seen.imported
        or any(own and own <= named for named in seen.files)
        or bool(page.names & (seen.addresses | seen.texts))
        or any(name.startswith(begin) for begin in seen.begun for name in page.names)
        or any(
            text.endswith(f"/{end}") or text in {end, f"{HOLE}{end}"}
            for end in page.ends
            for text in seen.texts
        )
        or any(re.search(rf"\b{re.escape(module)}\b", text) for text in seen.texts)
        or (".commands." in module and module.rpartition(".")[2] in seen.texts)
    )


def reached_through() -> set[str]:
    """What a module uses that a test stands for, of its own app: one step, and no second one."""
    return {
        used
        for module in modules()
        if stood_for(module)
        for used in imported(
            ast.parse(EVERY[module].read_text(encoding="utf-8")), module.rpartition(".")[0]
        )
        if app_of(used) == app_of(module)
    }
