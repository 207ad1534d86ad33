"""The scripts of a page with what they import, so that a browser asks for all of them at once.

Invariant: what is named is what the scripts themselves import; nobody keeps a list.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from django.conf import settings

IMPORT = re.compile(r'^(?:import|export)[^"\']*["\']\./([\w-]+)\.js["\'];', re.MULTILINE)


def imports_of(names: Iterable[str]) -> list[str]:
    """The modules that these import, directly or not, without themselves; what is needed first comes first."""
    wanted = list(names)
    imported: dict[str, None] = {}
    for name in wanted:
        for module in _below(name):
            imported.setdefault(module)
    return [name for name in imported if name not in wanted]


def _below(name: str) -> Iterator[str]:
    for module in _imported(name):
        yield from _below(module)
        yield module


@cache
def _imported(name: str) -> tuple[str, ...]:
    source = (settings.BASE_DIR / "static" / "js" / f"{name}.js").read_text(encoding="utf-8")
    return tuple(IMPORT.findall(source))
