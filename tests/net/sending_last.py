"""Finds what stands after `send_last`, which sends the COMMIT: a statement there would run outside its transaction."""

import ast
from collections.abc import Iterator

LAST = {"send_last", "reserve_last"}
"""The functions whose call is the last of a transaction."""
PURE = {"dict", "len", "list", "set", "sorted", "tuple"}
Block = list[ast.stmt]


def unsent(source: str) -> list[int]:
    """Lines of statements after the last one, in its block or in those around it within the same function."""
    found: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found |= set(_after(node.body))
    return sorted(found)


def _after(block: Block) -> Iterator[int]:
    is_sent = False
    for statement in block:
        if is_sent and not _is_harmless(statement):
            yield statement.lineno
        for inner in _blocks(statement):
            yield from _after(inner)
        sends = _sends(statement)
        if sends and isinstance(statement, ast.For | ast.While):
            yield statement.lineno
        is_sent = is_sent or sends


def _blocks(statement: ast.stmt) -> Iterator[Block]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    for name in ("body", "orelse", "finalbody"):
        if block := getattr(statement, name, None):
            yield block
    for handler in getattr(statement, "handlers", []):
        yield handler.body


def _sends(statement: ast.stmt) -> bool:
    return any(
        isinstance(node, ast.Call) and _name(node.func) in LAST for node in ast.walk(statement)
    )


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_harmless(statement: ast.stmt) -> bool:
    """What is read already is handed back."""
    if not isinstance(statement, ast.Return):
        return False
    calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call)]
    return all(isinstance(call.func, ast.Name) and call.func.id in PURE for call in calls)
