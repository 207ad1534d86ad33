"""Every app has the same rooms: models, domain, pages, files; what stands at its door is named here.

That imports go from pages to files to domain to models is a contract of import-linter (`pyproject.toml`).
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

APPS = Path(settings.BASE_DIR) / "apps"
ROOMS = {"models", "domain", "pages", "files"}
DOORS = {"__init__.py", "apps.py", "kind.py", "models.py", "tasks.py"}
DOOR_ENDS = ("urls.py", "navigation.py")
FRAMEWORK = {"migrations", "management", "templatetags"}
FOUNDATIONS = {
    "audit": "the log that everything writes",
    "demo": "scripts that make data by the product's own services",
    "jobs": "work in the background, known to every app",
    "notices": "messages, known to every app; its pages are the portal's",
    "quarantine": "where files of strangers are opened",
    "scope": "whose rows a query sees",
    "ui": "components of every page",
}
AT_THE_DOOR = {
    "accounts/backends.py": "named in the settings",
    "accounts/hashers.py": "named in the settings",
    "accounts/middleware.py": "named in the settings",
    "accounts/session_store.py": "named in the settings",
    "administration/site.py": "the site of Django's own administration",
    "allocation/engine.py": "pure arithmetic that auditors import by this name",
    "reporting/agreed_volume.py": "pure arithmetic that auditors import by this name",
}
HTTP = (
    "django.contrib.messages",
    "django.http",
    "django.shortcuts",
    "django.template",
    "django.views",
)
MAPPINGS = {"django.http.QueryDict"}
KNOWS_HTTP = {
    "accounts/domain/lockout.py": "the library that counts failed logins hands over the request",
    "review/domain/attachments/reads.py": "a file outside the reader's scope is not found",
}


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(APPS.rglob("*.py")):
        parts = path.relative_to(APPS).parts
        if parts[0] not in FOUNDATIONS and len(parts) > 1 and parts[1] not in FRAMEWORK:
            yield "/".join(parts), path


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_every_module_stands_in_a_room_or_at_the_door() -> None:
    outside = {
        name
        for name, path in modules()
        if name.split("/")[1] not in ROOMS
        and path.name not in DOORS
        and not path.name.endswith(DOOR_ENDS)
    }
    assert outside == set(AT_THE_DOOR)


def test_domain_models_and_files_know_no_http() -> None:
    knowing = {
        name
        for name, path in modules()
        if name.split("/")[1] in ROOMS - {"pages"}
        and any(
            imported.startswith(HTTP) and imported not in MAPPINGS for imported in imports_of(path)
        )
    }
    assert knowing == set(KNOWS_HTTP)


def test_no_room_is_a_drawer() -> None:
    """A room of more than thirty modules side by side has nouns of its own, which get packages."""
    crowded = {
        str(folder.relative_to(APPS)): len(found)
        for folder in APPS.glob("**/")
        if folder.name != "migrations" and len(found := list(folder.glob("*.py"))) > 31
    }
    assert crowded == {}
