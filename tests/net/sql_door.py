"""Reads source text and says where it speaks to the database by SQL although it may not. Knows no Django.

A module is named by its path without rooms: `apps/reporting/domain/sheet/saving.py` is `reporting/saving`.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = {"apps", "domain", "services", "pages", "files"}
DOOR = "apps.scope.database"
TRIPS = {
    DOOR: {"Ask", "send", "send_last", "one_trip"},
    "apps.scope.sql": {"Alike", "Insert", "Update", "Upsert"},
    "apps.scope.prepared": {"Among", "Parameter", "Prepared"},
}
"""What carries no text of its own, by the module that it comes from: held at its call sites by name."""
CONNECTIONS = {
    "connection",
    "connections",
    "get_connection",
    "ConnectionHandler",
    "ConnectionProxy",
}
FORBIDDEN = {
    *("cursor", "chunked_cursor", "execute", "executemany", "get_connection", "get_compiler"),
    *("execute_sql", "raw", "extra", "_base_manager", "base_manager", "__class__"),
}
EXPRESSIONS = {"RawSQL", "RunSQL"}
READERS = {"getattr", "attrgetter", "methodcaller", "vars", "__getattribute__"}
FINDERS = {"importlib", "pkgutil", "pydoc", "runpy", "import_string"}
"""What imports a module that a text names."""
STATEMENT = re.compile(
    r"\bSELECT\b.+\bFROM\b|\bINSERT\s+INTO\b|\bUPDATE\b.+\bSET\b|\bDELETE\s+FROM\b"
    r"|\bCOPY\b.+\b(FROM|TO)\s+STD(IN|OUT)\b|\bSELECT\s+(set_config|pg_\w+)\s*\("
    r"|\b(CREATE|DROP|ALTER|TRUNCATE|LOCK)\s+(TEMP\s+)?(TABLE|INDEX|FUNCTION|TRIGGER|DATABASE)\b",
    re.DOTALL,
)


@dataclass(frozen=True)
class Allowed:
    """Who may do what nobody else may, by module."""

    trips: Mapping[str, set[str]] = field(default_factory=dict)
    connections: Mapping[str, str] = field(default_factory=dict)
    outside: Mapping[str, str] = field(default_factory=dict)
    imports: Mapping[str, str] = field(default_factory=dict)
    expressions: Mapping[str, str] = field(default_factory=dict)


def module_of(path: Path) -> str:
    *folders, stem = path.with_suffix("").parts
    return "/".join([*(folder for folder in folders if folder not in ROOMS), stem])


def is_home(module: str) -> bool:
    """Modules that hold SQL text and call the door."""
    return module.rsplit("/", 1)[-1] == "sql"


def holds_text(module: str) -> bool:
    """SQL of triggers stands next to what it protects; nobody executes it from there."""
    return is_home(module) or module.rsplit("/", 1)[-1].endswith("triggers")


def complaints(source: str, path: str, allowed: Allowed) -> list[str]:
    """Sentences with line numbers; `path` from the root of the repository."""
    return [f"{path}:{line}: {what}" for line, what in sorted(_Reader(source, path, allowed).all())]


class _Reader:
    def __init__(self, source: str, path: str, allowed: Allowed) -> None:
        self.tree = ast.parse(source)
        self.package = path.removesuffix(".py").split("/")[:-1]
        self.module = module_of(Path(path))
        self.allowed = allowed
        self.homes: set[str] = set()
        """Local names of `sql` modules."""
        self.looked_into = {
            id(node.value)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Attribute | ast.Subscript)
        }
        """What is no method: the dictionary `extra` of a filter's field, say."""

    def all(self) -> Iterator[tuple[int, str]]:
        if self.module in self.allowed.outside or self.module == "scope/database":
            return
        imports = [each for each in ast.walk(self.tree) if isinstance(each, ast.Import)]
        for node in imports:
            yield from self._import(node)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom):
                yield from self._import_from(node)
        for node in ast.walk(self.tree):
            yield from self._node(node)
        if not holds_text(self.module):
            yield from self._texts()

    def _import(self, node: ast.Import) -> Iterator[tuple[int, str]]:
        for name in (alias.name for alias in node.names):
            if name in ("apps", "django.db") or name.startswith(
                ("django.db.backends", "apps.scope")
            ):
                yield node.lineno, f"imports {name} whole"
            yield from self._library(node.lineno, name)

    def _library(self, line: int, name: str) -> Iterator[tuple[int, str]]:
        library = name.split(".", maxsplit=1)[0]
        if library in ("psycopg", "psycopg2") and not is_home(self.module):
            yield line, f"imports {name}"
        if library in FINDERS and self.module not in self.allowed.imports:
            yield line, f"imports {name}"

    def _import_from(self, node: ast.ImportFrom) -> Iterator[tuple[int, str]]:
        source = self._absolute(node)
        yield from self._library(node.lineno, source)
        for alias in node.names:
            if alias.name == "import_string":
                yield from self._library(node.lineno, alias.name)
            if alias.asname and alias.name in TRIPS.get(source, set()):
                yield node.lineno, f"renames {alias.name}"
            if source.startswith("django.db") or f"{source}.{alias.name}" == "django.db":
                yield from self._of_django(node.lineno, source, alias.name)
            elif source.startswith("apps"):
                yield from self._own(node.lineno, source, alias.name)
                if owns(f"{source}.{alias.name}.sql", None) or alias.name == "sql":
                    self.homes.add(alias.asname or alias.name)

    def _of_django(self, line: int, source: str, name: str) -> Iterator[tuple[int, str]]:
        whole = f"{source}.{name}"
        is_backend = whole == "django.db" or source.startswith("django.db.backends")
        is_connection = name in CONNECTIONS and self.module not in self.allowed.connections
        if name == "*" or is_backend or is_connection:
            yield line, f"imports {whole}"

    def _own(self, line: int, source: str, name: str) -> Iterator[tuple[int, str]]:
        whole = f"{source}.{name}"
        if whole == "apps.scope" or (name == "*" and source.startswith("apps.scope")):
            yield line, f"imports {whole}"
        elif name in TRIPS.get(source, set()):
            yield from self._trip(line, name)
        elif DOOR in (source, whole):
            if not is_home(self.module):
                yield line, f"calls {name} of the door"
        elif not owns(source, name):
            yield line, f"takes {name} out of {source}"

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        above = self.package[: len(self.package) - node.level + 1]
        return ".".join([*above, *([node.module] if node.module else [])])

    def _trip(self, line: int, name: str) -> Iterator[tuple[int, str]]:
        is_free = is_home(self.module) or self.module == "scope/prepared"
        if not is_free and name not in self.allowed.trips.get(self.module, set()):
            yield line, f"imports {name}, which is held at its call sites"

    def _node(self, node: ast.AST) -> Iterator[tuple[int, str]]:
        if isinstance(node, ast.Attribute):
            yield from self._attribute(node)
        elif isinstance(node, ast.Name) and node.id in EXPRESSIONS | {"__import__"}:
            yield node.lineno, f"uses {node.id}"
        elif isinstance(node, ast.Call):
            yield from self._call(node)
        elif isinstance(node, ast.Assign) and _named(node.value) == "Ask":
            yield node.lineno, "renames Ask"
        elif isinstance(node, ast.ClassDef):
            for base in node.bases:
                if _named(base) == "Ask" and not self._asks:
                    yield node.lineno, "makes a statement of its own"
        elif isinstance(node, ast.FunctionDef) and node.name == "as_sql" and not self._is_orm:
            yield node.lineno, "compiles SQL"

    @property
    def _asks(self) -> bool:
        return is_home(self.module) or self.module == "scope/prepared"

    @property
    def _is_orm(self) -> bool:
        return self.module in self.allowed.expressions

    def _attribute(self, node: ast.Attribute) -> Iterator[tuple[int, str]]:
        own = isinstance(node.value, ast.Call) and _named(node.value.func) == "super"
        looked_into = node.attr in ("raw", "extra") and id(node) in self.looked_into
        if node.attr in FORBIDDEN and not (own or looked_into or self._is_orm):
            yield node.lineno, f"uses .{node.attr}"
        if node.attr in EXPRESSIONS:
            yield node.lineno, f"uses {node.attr}"
        if node.attr == "database" and not is_home(self.module):
            yield node.lineno, "reaches the door through another module"
        if node.attr == "sql" and isinstance(node.ctx, ast.Store) and not self._asks:
            yield node.lineno, "gives a statement another text"
        if node.attr == "modules" and _named(node.value) == "sys":
            yield node.lineno, "looks modules up"
        known = _named(node.value) in {*self.homes, "sql"}
        if known and node.attr in door_names() and not is_home(self.module):
            yield node.lineno, f"reaches {node.attr} of the door through a module of SQL"

    def _call(self, node: ast.Call) -> Iterator[tuple[int, str]]:
        name = _named(node.func)
        if name == "Ask" and not self._asks:
            yield node.lineno, "makes a statement of its own"
        if isinstance(node.func, ast.Call) and _named(node.func.func) == "type":
            yield node.lineno, "makes another of a kind that it does not name"
        if name == "QuerySet" and not self._is_orm:
            yield node.lineno, "asks without a scope"
        if name in READERS:
            if self.module in self.allowed.connections and len(node.args) > 1:
                yield node.lineno, "reaches something by its name beside a connection"
            for each in node.args:
                text = each.value if isinstance(each, ast.Constant) else None
                if isinstance(each, ast.Name) and each.id in self.homes:
                    yield node.lineno, "reaches into a module of SQL by a name"
                if text in FORBIDDEN | CONNECTIONS | EXPRESSIONS | {"database"}:
                    yield node.lineno, f"reaches {text} by its name"

    def _texts(self) -> Iterator[tuple[int, str]]:
        skipped = set(_docstrings(self.tree))
        for node in ast.walk(self.tree):
            if id(node) in skipped or not isinstance(
                node, ast.Constant | ast.JoinedStr | ast.BinOp
            ):
                continue
            text = _text(node)
            if text is not None:
                skipped |= {id(each) for each in ast.walk(node)}
                if STATEMENT.search(text):
                    yield node.lineno, "holds SQL"


def _named(node: ast.AST) -> str:
    """The last name of what is called or inherited, `Ask` of `database.Ask[int]`."""
    if isinstance(node, ast.Subscript):
        return _named(node.value)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _docstrings(tree: ast.AST) -> Iterable[int]:
    """Texts that stand alone: nobody can use them."""
    return (
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )


def _text(node: ast.AST) -> str | None:
    """A literal as one text, put together by `+`, `%` or braces; `…` stands for what is not known."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(each) or " … " for each in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        left, right = _text(node.left), _text(node.right)
        return None if left is None and right is None else f"{left or ' … '}{right or ' … '}"
    return None


@cache
def door_names() -> frozenset[str]:
    """What the door offers."""
    return frozenset(_defined(ROOT / "apps/scope/database.py"))


@cache
def owns(dotted: str, name: str | None) -> bool:
    """Whether a module exists and defines `name` itself, not by importing it."""
    file = ROOT / f"{dotted.replace('.', '/')}.py"
    if name is None:
        return file.exists()
    return name not in door_names() or (file.exists() and name in _defined(file))


def _defined(file: Path) -> set[str]:
    tree = ast.parse(file.read_text("utf-8"))
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {each.id for each in node.targets if isinstance(each, ast.Name)}
    return names


def trips_of(source: str, path: str) -> set[str]:
    """Which names of `TRIPS` a module imports."""
    reader = _Reader(source, path, Allowed())
    return {
        alias.name
        for node in ast.walk(reader.tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name in TRIPS.get(reader._absolute(node), set())
    }


def uses_of(source: str, name: str) -> int:
    """How often a function, or a keyword that is true, stands in the source, under whatever name it was imported."""
    found = 0
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name | ast.Attribute):
            found += _named(node) == name
        elif isinstance(node, ast.alias):
            found += node.name == name and node.asname is not None
        elif isinstance(node, ast.keyword):
            found += node.arg == name
    return found
