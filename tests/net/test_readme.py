"""The README's generated parts are what the code says today."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from apps.accounts.domain import role_table
from apps.distribution.domain.relations import diagram as relations
from apps.review.domain import diagram

README = (Path(settings.BASE_DIR) / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("roles", role_table.markdown()),
        ("machine", f"```mermaid\n{diagram.mermaid()}\n```"),
        ("relations", f"```mermaid\n{relations.mermaid()}\n```"),
    ],
)
def test_generated_parts_are_up_to_date(part: str, content: str) -> None:
    (written,) = re.findall(rf"<!-- {part} -->\n(.*?)\n?<!-- /{part} -->", README, re.DOTALL)

    assert written == content


def test_every_file_the_readme_links_to_exists() -> None:
    links = re.findall(r"\]\(((?!https?:)[^)#]+)\)", README)

    missing = [link for link in links if not (Path(settings.BASE_DIR) / link).exists()]
    assert missing == []
