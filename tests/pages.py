"""Looking at pages without caring how their source is wrapped."""

import re
from html.parser import HTMLParser

from django.test import Client

VOID = frozenset({"input", "img", "br", "hr", "link", "meta", "source"})


class Tag(dict[str, str]):
    """A tag's attributes, with its name and the words inside it."""

    def __init__(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        super().__init__({key: value or "" for key, value in attributes})
        self.name = name
        self.text = ""

    @property
    def words(self) -> str:
        return " ".join(self.text.split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Tag] = []
        self.open: list[Tag] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(Tag(tag, attrs))
        if tag not in VOID:
            self.open.append(self.found[-1])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(Tag(tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        if any(opened.name == tag for opened in self.open):
            while self.open.pop().name != tag:
                pass

    def handle_data(self, data: str) -> None:
        for tag in self.open:
            tag.text += data


def tags(page: str, *names: str, **attributes: str) -> list[Tag]:
    """The tags of these names whose attributes have these values (`class_` for class)."""
    reader = _Reader()
    reader.feed(page)
    wanted = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
    return [
        tag
        for tag in reader.found
        if tag.name in names and all(tag.get(key) == value for key, value in wanted.items())
    ]


def words_of(page: str, *names: str) -> set[str]:
    """What stands in the tags of these names."""
    return {tag.words for tag in tags(page, *names)}


def changed_cells(page: str) -> list[tuple[str, str, str]]:
    """Column, old and new value of what the check of an import without problems lists."""
    cells = [tag.words for tag in tags(page, "td")]
    return [(cells[at + 3], cells[at + 4], cells[at + 5]) for at in range(0, len(cells), 6)]


SHOWN = re.compile(r"(.+-)?(version|seen_set)")


def shown(client: Client, url: str, *, action: str = "") -> dict[str, str]:
    """What the forms of a page say that they showed, to be sent along; with `action` of the forms sent there."""
    page = client.get(url).content.decode()
    if action:
        starts = [at.start() for at in re.finditer("<form", page)]
        page = "".join(
            page[at : page.index("</form>", at)]
            for at in starts
            if f'action="{action}' in page[at : page.index(">", at)]
        )
    hidden = tags(page, "input", type="hidden")
    return {
        tag["name"]: tag.get("value", "") for tag in hidden if SHOWN.fullmatch(tag.get("name", ""))
    }


def all_of(client: Client, url: str) -> dict[str, str]:
    """“全部符合条件的 N 条” of a list, as its page counted them."""
    return {"select_all": "1", **shown(client, url)}
