"""The README is short and its links work; the generated parts of the architecture are what the code says today."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from apps.distribution.domain.relations import diagram as relations
from apps.review.domain import diagram
from tests import role_table

ROOT = Path(settings.BASE_DIR)
README = (ROOT / "README.md").read_text("utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
LONGEST = 120


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("roles", role_table.markdown()),
        ("machine", f"```mermaid\n{diagram.mermaid()}\n```"),
        ("relations", f"```mermaid\n{relations.mermaid()}\n```"),
    ],
)
def test_generated_parts_are_up_to_date(part: str, content: str) -> None:
    (written,) = re.findall(rf"<!-- {part} -->\n(.*?)\n?<!-- /{part} -->", ARCHITECTURE, re.DOTALL)

    assert written == content


def test_every_file_the_readme_links_to_exists() -> None:
    links = re.findall(r"\]\(((?!https?:)[^)#]+)\)", README)

    missing = [link for link in links if not (Path(settings.BASE_DIR) / link).exists()]
    assert missing == []


def test_the_readme_is_read_in_a_few_minutes() -> None:
    assert len(README.splitlines()) <= LONGEST
