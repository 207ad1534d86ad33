"""No module needs itself: imports make no circle, at the top of a module or hidden in a function.

What is imported under `TYPE_CHECKING` is for readers and costs nothing at run time.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.net.test_architecture import MODULES, ROOT

Graph = dict[str, set[str]]


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def graph_of(sources: dict[str, str], packages: set[str]) -> Graph:
    """Who imports whom, by dotted names; `packages` are those whose relative imports start at themselves."""
    return {
        name: {found for found in imported(name, source, packages, set(sources)) if found != name}
        for name, source in sources.items()
    }


def imported(name: str, source: str, packages: set[str], known: set[str]) -> Iterator[str]:
    for node in at_run_time(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = name.split(".")
                above = above[: len(above) - node.level + (name in packages)]
                base = ".".join([*above, *filter(None, [base])])
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                if inner in known:
                    yield inner
                elif base in known:
                    yield base


def at_run_time(node: ast.AST) -> Iterator[ast.AST]:
    """Every node but those that only type checkers read."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for other in child.orelse:
                yield other
                yield from at_run_time(other)
            continue
        yield child
        yield from at_run_time(child)


def circles(graph: Graph) -> list[list[str]]:
    """Sets of modules that all reach each other, by Tarjan's algorithm."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    open_: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        order[name] = low[name] = len(order)
        open_.append(name)
        for other in sorted(graph[name]):
            if other not in order:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in open_:
                low[name] = min(low[name], order[other])
        if low[name] == order[name]:
            at = open_.index(name)
            if len(open_) - at > 1:
                found.append(sorted(open_[at:]))
            del open_[at:]

    for name in sorted(graph):
        if name not in order:
            visit(name)
    return found


def test_no_modules_import_each_other_in_a_circle() -> None:
    packages = {dotted(path) for path in MODULES if path.name == "__init__.py"}
    sources = {dotted(path): path.read_text("utf-8") for path in MODULES}

    assert circles(graph_of(sources, packages)) == []


@pytest.mark.parametrize(
    ("second", "found"),
    [
        ("from a import one", [["a.one", "a.two"]]),
        ("from .one import x", [["a.one", "a.two"]]),
        ("def f():\n    import a.one", [["a.one", "a.two"]]),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from a import one", []),
        ("import sys", []),
    ],
)
def test_a_circle_is_found_wherever_it_hides(second: str, found: list[list[str]]) -> None:
    sources = {"a": "", "a.one": "from a.two import y", "a.two": second}

    assert circles(graph_of(sources, {"a"})) == found
