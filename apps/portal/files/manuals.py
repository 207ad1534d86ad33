"""The manuals as written in `docs/manual`: a Markdown file for each role, read into chapters for page and PDF.

Invariants: no markup of the text's own reaches a page, and links lead to pages, headings and manuals of the product
alone; headings have the anchors that GitHub gives them. A line that is nothing but a link to `shared/…` stands for that
file. A chapter says behind `PAGES` which pages of the rail it is about.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import reverse
from markdown_it import MarkdownIt
from markdown_it.token import Token

from apps.accounts.models.roles import Role

FOLDER = Path(settings.BASE_DIR) / "docs" / "manual"
PICTURES = FOLDER / "images"
PAGES = "页面："
TITLE = 3  # tokens of the first heading, which the page and the PDF have as theirs
SHARED = re.compile(r"(?m)^\[[^\]]*\]\((shared/[\w-]+\.md)\)$")
OTHER = re.compile(r"([a-z]+)\.md(#.*)?")
ADMINISTRATOR = "administrator"
OF_ROLES: Mapping[str, str] = {
    Role.INSTITUTION: "institution",
    Role.COUNTY: "county",
    Role.CITY: "city",
    Role.PROVINCE: "province",
    Role.ALLIANCE: "alliance",
    Role.MANUFACTURER: "manufacturer",
    Role.DISTRIBUTOR: "distributor",
    Role.SYSTEM: ADMINISTRATOR,
    Role.SECURITY: ADMINISTRATOR,
    Role.AUDIT: ADMINISTRATOR,
}
KEYS = tuple(dict.fromkeys(OF_ROLES.values()))


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 2 is a chapter."""

    level: int
    title: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Manual:
    """One role's manual. `chapters` are the anchors by the address of a page in the rail."""

    key: str
    title: str
    headings: Sequence[Heading]
    chapters: Mapping[str, str]
    tokens: Sequence[Token]
    html: str


@cache
def manual_of(key: str) -> Manual:
    """Raises `KeyError` for a name that none has."""
    if key not in KEYS:
        raise KeyError(key)
    parser = markdown()
    tokens = parser.parse(whole_text(key))
    (title, *headings) = _headed(tokens)
    html = str(parser.renderer.render(_shown(deepcopy(tokens)), parser.options, {}))
    chapters = dict(reversed([*_chapters(tokens)]))
    return Manual(key, title.title, headings, chapters, tokens[TITLE:], html)


def whole_text(key: str) -> str:
    """The Markdown with the parts that it shares with others."""
    text = (FOLDER / f"{key}.md").read_text("utf-8")
    return SHARED.sub(lambda part: (FOLDER / part[1]).read_text("utf-8"), text)


def plain(inline: Token) -> str:
    """What people read of a paragraph, pictures left out."""
    return "".join(
        child.content for child in inline.children or () if child.type in {"text", "code_inline"}
    )


def picture_of(source: str) -> str:
    """The file's name, however far above the text's folder it is told from."""
    return source.rpartition("/")[2]


def markdown() -> MarkdownIt:
    """CommonMark; a line break within a paragraph is nothing, as between Chinese characters."""
    parser = MarkdownIt("commonmark", {"html": False})
    parser.add_render_rule("softbreak", lambda *_: "")
    return parser


def _headed(tokens: Sequence[Token]) -> Iterator[Heading]:
    """Gives every heading its anchor."""
    seen: Counter[str] = Counter()
    for token, inline in pairwise(tokens):
        if token.type == "heading_open":
            title = plain(inline)
            anchor = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
            again, seen[anchor] = seen[anchor], seen[anchor] + 1
            token.attrSet("id", f"{anchor}-{again}" if again else anchor)
            yield Heading(int(token.tag[1]), title, str(token.attrGet("id")))


def _chapters(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Pages and chapters; of a page that several are about the first one counts."""
    anchor = ""
    for token in tokens:
        if token.type == "heading_open":
            anchor = str(token.attrGet("id"))
        elif token.type == "inline" and token.content.startswith(PAGES):
            yield from (
                (str(child.attrGet("href")), anchor)
                for child in token.children or ()
                if child.type == "link_open"
            )


def _shown(tokens: Sequence[Token]) -> Sequence[Token]:
    """Without the title; pictures and links are addresses of the product."""
    for token in tokens:
        for child in token.children or ():
            if child.type == "image":
                child.attrSet("alt", child.content)
                name = picture_of(str(child.attrGet("src")))
                child.attrSet("src", staticfiles_storage.url(f"manual/{name}"))
                child.attrSet("loading", "lazy")
            elif child.type == "link_open" and (
                other := OTHER.fullmatch(str(child.attrGet("href")))
            ):
                page = reverse("portal:manual_detail", args=[other[1]])
                child.attrSet("href", f"{page}{other[2] or ''}")
    return tokens[TITLE:]
