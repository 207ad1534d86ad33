"""The house rules that a machine can check: sizes, names, the scope of every model. For SQL see `test_sql_door`."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

from apps.scope.context import ScopeNotSet
from apps.scope.managers import ScopedManager

ROOT = Path(settings.BASE_DIR)
MODULES = sorted(
    path for top in ("apps", "config") for path in (ROOT / top).rglob("*.py") if "migrations" not in path.parts
)  # fmt: skip
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))

BANNED_NAMES = {"utils", "helpers", "mixins", "common", "misc"}
GLOBAL_MODELS = {
    "accounts.Authenticator": "asked for by the account that it is bound to",
    "accounts.FormerPassword": "asked for by the account that had it",
    "accounts.Provider": "doors of the login page",
    "accounts.Session": "a session is its key's; an account lists its own",
    "rehearsals.Rehearsal": "the alliance's alone, which sees the country",
    "accounts.UsualAddress": "looked for at the login, before there is a scope",
    "organizations.Division": "the real divisions, public",
    "organizations.Enterprise": "enterprises are public by their social credit code",
    "volumes.RankedEnterprise": "the same, as what volumes point to",
}
LONGEST_MODULE, LONGEST_FUNCTION, LONGEST_VIEW = 400, 50, 30
LONGEST_TEMPLATE, LONGEST_TEST, LONGEST_SCRIPT = 150, 400, 100


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def functions_of(path: Path) -> Iterator[ast.FunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def is_view(path: Path, function: ast.FunctionDef) -> bool:
    """A function of a page that a request comes to: decorated with whom it lets in."""
    first = function.args.args[:1]
    return (
        "pages" in path.parts
        and bool(function.decorator_list)
        and any(a.arg == "request" for a in first)
    )


def length_of(function: ast.FunctionDef) -> int:
    """Lines of the body, the docstring not counted."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


@pytest.mark.parametrize(
    ("files", "limit"),
    [
        (MODULES, LONGEST_MODULE),
        (TESTS, LONGEST_TEST),
        (TEMPLATES, LONGEST_TEMPLATE),
        (SCRIPTS, LONGEST_SCRIPT),
    ],
    ids=["modules", "tests", "templates", "scripts"],
)
def test_no_file_outgrows_its_limit(files: list[Path], limit: int) -> None:
    assert files
    assert {name_of(path): lines_of(path) for path in files if lines_of(path) > limit} == {}


def test_no_function_outgrows_its_limit() -> None:
    too_long = {
        f"{name_of(path)}:{function.name}": length_of(function)
        for path in MODULES
        for function in functions_of(path)
        if length_of(function) > (LONGEST_VIEW if is_view(path, function) else LONGEST_FUNCTION)
    }
    assert too_long == {}


def test_no_file_hides_behind_an_empty_name() -> None:
    assert [name_of(path) for path in MODULES + TESTS if path.stem in BANNED_NAMES] == []


def test_every_module_says_what_it_protects() -> None:
    silent = [
        name_of(path)
        for path in MODULES
        if path.name != "__init__.py" and not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []


def test_migrations_say_what_they_do() -> None:
    unnamed = [name_of(path) for path in (ROOT / "apps").rglob("migrations/0*_auto_*.py")]
    assert unnamed == []


def own_models() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models()
        if model.__module__.startswith("apps.") and not hasattr(model, "pgh_tracked_model")
    ]


def test_every_model_is_scoped_or_named_as_global() -> None:
    unscoped = {
        model._meta.label
        for model in own_models()
        if not isinstance(model._default_manager, ScopedManager)
    }
    assert unscoped == set(GLOBAL_MODELS)


@pytest.mark.django_db
@pytest.mark.parametrize("model", own_models(), ids=lambda model: model._meta.label)
def test_no_query_runs_without_a_scope(model: type[models.Model]) -> None:
    if model._meta.label in GLOBAL_MODELS:
        assert model._default_manager.exists() in (True, False)
        return
    manager = model._default_manager
    field = next(field.name for field in model._meta.concrete_fields if not field.primary_key)
    for query in (
        manager.all().exists,
        manager.all().count,
        manager.all().first,
        manager.all().delete,
        lambda: list(manager.filter(pk__in=manager.values("pk"))),
        lambda: manager.update(**{field: models.F(field)}),
    ):
        with pytest.raises(ScopeNotSet):
            query()


def test_no_model_orders_itself() -> None:
    assert [m._meta.label for m in own_models() if m._meta.ordering] == []


def own_views() -> Iterator[tuple[str, object]]:
    def walk(patterns: list[URLPattern | URLResolver], space: str) -> Iterator[tuple[str, object]]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
                yield from walk(pattern.url_patterns, inner)
            elif pattern.callback.__module__.startswith(("apps.", "config.")):
                yield f"{space}{pattern.name}", pattern.callback

    return walk(get_resolver().url_patterns, "")


def test_every_address_has_a_name() -> None:
    assert [name for name, _view in own_views() if name.endswith(("None", ":"))] == []


def test_templates_never_decide_by_status() -> None:
    deciding = [
        name_of(path)
        for path in TEMPLATES
        if any(
            word in path.read_text("utf-8") for word in (".status ==", ".status in", ".status !=")
        )
    ]
    assert deciding == []
