"""Following links as people do: from the portal, a few clicks deep, a few pages of each kind."""

import re
from collections import Counter, deque
from html import unescape
from urllib.parse import urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

HOME = "/"
CLICKS = 4
ALIKE = 3
"""So many pages of one address name are opened; further ones look the same."""
LINK = re.compile(r"""<a\b[^>]*?\shref="([^"]+)\"""", re.IGNORECASE)
NO_PAGES = (
    "_export",
    "_his",
    "_template",
    "_pdf",
    "_result",
    "_file",
    "_casefile",
    "_phones",
    "logout",
)
"""Addresses of files, and the way out: named, not opened."""


def reached(client: Client, *, clicks: int = CLICKS, alike: int = ALIKE) -> set[str]:
    """The URL names that a person gets to from the portal by links alone, redirects included."""
    found, opened = {"portal:home"}, Counter[str]()
    seen, waiting = {HOME}, deque([(HOME, 0)])
    while waiting:
        address, depth = waiting.popleft()
        name = name_of(address)
        opened[name] += 1
        if name.endswith(NO_PAGES) or opened[name] > alike:
            continue
        response = client.get(address, follow=True)
        landed = [target for target, _status in response.redirect_chain]
        found |= {name_of(target) for target in landed}
        page = response.getvalue()
        if depth == clicks or not response["Content-Type"].startswith("text/html"):
            continue
        here = urljoin(address, landed[-1]) if landed else address
        for target in links_of(here, page.decode()):
            found.add(name_of(target))
            if target not in seen:
                seen.add(target)
                waiting.append((target, depth + 1))
    return found - {""}


def links_of(here: str, page: str) -> list[str]:
    """The addresses of this site that the page's links lead to, in their order."""
    targets = [urlsplit(urljoin(here, unescape(href))) for href in LINK.findall(page)]
    return [
        f"{target.path}?{target.query}" if target.query else target.path
        for target in targets
        if not target.netloc and target.path
    ]


def name_of(address: str) -> str:
    """The URL name of an address; empty for what is none."""
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return ""
