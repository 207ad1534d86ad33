"""The access matrix as text: `access/<app>.txt`, one line per address and method, one column per persona.

A line's name may end in `@variant`: the same address with other arguments (`access_world`).
Cells: a status, or `login` for the redirect to the login page.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.net.access_world import World

FOLDER = Path(__file__).parent / "access"
PERSONAS = (
    "visitor", "hospital", "county", "city", "province", "alliance",
    "stranger", "foreign", "maker", "carrier", "branch", "onlooker", "resetter", "security", "system", "auditor",
)  # fmt: skip
# Django admin's own pages: one line stands for them all.
FOREIGN = "admin:"
ADMIN_INDEX = "admin:index"
FOUND = 302


@dataclass(frozen=True)
class Row:
    """What everybody gets from one address by one method."""

    method: str
    name: str
    cells: tuple[str, ...]

    @property
    def url_name(self) -> str:
        return self.name.partition("@")[0]

    def cell(self, persona: str) -> str:
        return self.cells[PERSONAS.index(persona)]

    def __str__(self) -> str:
        cells = "".join(f"{cell:>9}" for cell in self.cells)
        return f"{self.method:<5}{self.name:<40}{cells}"


def tables() -> dict[str, list[Row]]:
    """The lines by app."""
    return {path.stem: list(_read(path)) for path in sorted(FOLDER.glob("*.txt"))}


def _read(path: Path) -> Iterator[Row]:
    header, *lines = [
        line.split() for line in path.read_text("utf-8").splitlines() if line and line[0] != "#"
    ]
    if tuple(header) != PERSONAS:
        raise ValueError(f"{path.name}: the first line names the personas: {PERSONAS}")
    for method, name, *cells in lines:
        yield Row(method, name, tuple(cells))


def addresses() -> dict[str, set[str]]:
    """Every URL name of the product with its parameters."""
    return dict(_walk(get_resolver(), "", set()))


def _walk(resolver: URLResolver, space: str, outer: set[str]) -> Iterator[tuple[str, set[str]]]:
    for pattern in resolver.url_patterns:
        parameters = outer | set(pattern.pattern.converters)
        if isinstance(pattern, URLPattern):
            name = f"{space}{pattern.name}"
            if not name.startswith(FOREIGN) or name == ADMIN_INDEX:
                yield name, parameters
        else:
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern, inner, parameters)


def url_of(world: World, row: Row) -> str:
    arguments = world.arguments(row.name, addresses()[row.url_name])
    return reverse(row.url_name, kwargs=arguments)


def answer(client: Client, method: str, url: str) -> tuple[str, str]:
    """The cell (a status or `login`; nothing is followed), and what a page says; a paper or a sheet says nothing."""
    response = client.generic(
        method,
        url,
        content_type="application/x-www-form-urlencoded",
        HTTP_REFERER=f"http://testserver{url}",
    )
    is_text = response.get("Content-Type", "").startswith(("text/", "application/json"))
    sent = response.getvalue()  # of a file too: it is read to its end and closed
    content = sent.decode(errors="replace") if is_text else ""
    if response.status_code == FOUND and response["Location"].startswith(reverse("accounts:login")):
        return "login", content
    return str(response.status_code), content
