"""Who knows an address finds its code: the module of a page is named by its address or by the address's name.

Which app an address belongs to is its first word, but for the words in `APPS` (README).
"""

import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

APPS = {
    "admin": {"administration"},
    "analysis": {"analysis", "volumes"},
    "audit": {"portal"},
    "captcha": {"accounts"},
    "demand": {"reporting"},
    "downloads": {"portal"},
    "faq": {"portal"},
    "help": {"portal"},
    "notices": {"portal"},
    "organizations": {"administration"},
    "progress": {"portal"},
    "rounds": {"portal"},
    "v": {"portal"},
    "": {"portal"},
}
SINGLE = {"apps.administration.site", "apps.jobs.views"}
"""All pages of these apps stand in one module."""
ENOUGH = 0.95


def addresses() -> Iterator[tuple[str, str, str]]:
    """Address, its name, the module of its view; our own ones only."""
    yield from _below(get_resolver(), "", "")


def _below(resolver: URLResolver, prefix: str, space: str) -> Iterator[tuple[str, str, str]]:
    for pattern in resolver.url_patterns:
        address = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from _below(pattern, address, pattern.namespace or space)
        elif isinstance(pattern, URLPattern) and pattern.callback.__module__.startswith("apps."):
            yield address, f"{space}:{pattern.name}", pattern.callback.__module__


def words(text: str) -> set[str]:
    """In the singular."""
    found = re.findall(r"[a-z]+", text)
    return {re.sub(r"ies$", "y", re.sub(r"(?<=[^s])s$", "", word)) for word in found}


def finds_its_module(address: str, name: str, module: str) -> bool:
    if module in SINGLE:
        return True
    asked = words(re.sub(r"<[^>]*>", "", address)) | words(name.replace("_", " "))
    return bool(asked & words(" ".join(module.split(".")[3:]).replace("_", " ")))


def test_an_address_names_the_module_of_its_page() -> None:
    own = list(addresses())
    lost = [address for address in own if not finds_its_module(*address)]

    assert len(lost) <= (1 - ENOUGH) * len(own), lost


def test_the_first_word_of_an_address_is_its_app() -> None:
    lost = [
        (address, module)
        for address, _name, module in addresses()
        if module.split(".")[1] not in APPS.get(first := address.split("/")[0], {first})
        and module not in SINGLE
    ]
    assert lost == []
