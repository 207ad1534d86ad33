"""What isn't ours is used as its authors offer it: by public names, and only while something uses it."""

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
OURS = [
    path for top in ("apps", "config", "bin") for path in (ROOT / top).rglob("*.py") if "migrations" not in path.parts
]  # fmt: skip
REACH_INSIDE = {
    "apps/quarantine/server.py": "os._exit is how a forked process ends, as Python documents it",
    "config/postgresql/base.py": "transactions begin and end in no public place (docs/decisions/0090)",
    "config/response_headers.py": "django-csp keeps what its decorators say in no public place (docs/decisions/0109)",
    "apps/scope/prepared.py": "Django compiles a queryset in no other way (docs/decisions/0001)",
}
PUBLIC = {"_meta", "_state", "_db", "_fields", "_asdict", "_replace"}  # documented as they are
STARTED_BY_NAME = {"argon2-cffi"}  # in no import of ours: Django's hasher asks for it
# Programs and plugins of the tests and of .ci/run; what moto's server needs and doesn't ask for.
RUN_BY_CI = {
    "coverage", "django-upgrade", "djangofmt", "import-linter", "ruff", "pytest-xdist", "pytest-randomly",
    "pytest-django", "pytest-rerunfailures", "django-stubs", "flask", "flask-cors",
}  # fmt: skip


def names_used(paths: list[Path]) -> set[str]:
    """Top names of everything imported, and of everything that settings name in a string."""
    found = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= set(re.findall(r"^[a-z_0-9]+(?=$|\.[a-z_.]+)", node.value))
    return found


def imported_as(wanted: list[str]) -> dict[str, set[str]]:
    """From the names of distributions to those of their packages."""
    plain = {re.split(r"[\[<>=;! ]", each)[0].lower() for each in wanted}
    packages: dict[str, set[str]] = {each: set() for each in plain}
    for package, distributions in packages_distributions().items():
        for each in {name.lower().replace("_", "-") for name in distributions} & plain:
            packages[each].add(package)
    return packages


@pytest.mark.parametrize("group", ["product", "dev"])
def test_every_dependency_is_used(group: str) -> None:
    product = group == "product"
    wanted = PROJECT["project"]["dependencies"] if product else PROJECT["dependency-groups"]["dev"]
    paths = OURS if product else [*OURS, *(ROOT / "tests").rglob("*.py")]
    used = names_used(paths)

    idle = {name for name, packages in imported_as(wanted).items() if not packages & used}

    assert idle == (STARTED_BY_NAME if product else RUN_BY_CI & idle)


def reaches(path: Path) -> Iterator[str]:
    """Private names of others that a module imports or asks objects for."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and not node.level:
            names = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
            yield from (name for name in names if is_private(name))
        elif isinstance(node, ast.Import):
            yield from (
                part for alias in node.names for part in alias.name.split(".") if is_private(part)
            )
        elif isinstance(node, ast.Attribute) and is_private(node.attr) and not is_own(node.value):
            yield node.attr
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in {
            "getattr",
            "hasattr",
            "setattr",
        }:
            told = node.args[1]
            if isinstance(told, ast.Constant) and is_private(str(told.value)):
                yield str(told.value)


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name not in PUBLIC


def is_own(value: ast.expr) -> bool:
    return isinstance(value, ast.Name) and value.id in {"self", "cls"}


def test_only_named_modules_reach_inside_a_library() -> None:
    inside = {
        path.relative_to(ROOT).as_posix(): sorted(names) for path in OURS if (names := set(reaches(path)))
    }  # fmt: skip
    assert set(inside) == set(REACH_INSIDE), inside
