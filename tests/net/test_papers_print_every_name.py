"""Every PDF of the product prints the names that people and places bear, whole, and refuses what it can't print.

Which addresses give a PDF is found by asking all of them for their files: a new one is tested without being named.
"""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.urls import reverse

from tests.net.access_table import PERSONAS, addresses
from tests.net.access_world import World
from tests.pdf_reading import pages_of, squeezed

pytestmark = pytest.mark.django_db
PAPERS = ("_paper", "_pdf", "_phones", "_template")
KNOWN = {
    "distribution:agreement_pdf", "distribution:agreement_phones", "portal:progress_phones",
    "projects:winner_paper", "reporting:letter_template",
    "volumes:agreed_paper", "volumes:base_paper",
}  # fmt: skip
MANUAL = "portal:manual_pdf"  # names nobody
RARE = "准格尔旗㙦㙍䢺龦𬭎𫖯𠀀𪛖𪜀𫝀𫠠𮯠薛家湾镇第二中心卫生院内蒙古自治区鄂尔多斯市"
UNPRINTABLE = "\U00030000医院"


def rename(name: str) -> None:
    """Every unit and enterprise, past whatever else their names are kept in."""
    with connection.cursor() as cursor:
        for table in ("organizations_organization", "organizations_enterprise"):
            cursor.execute(f"UPDATE {table} SET name = %s", [name])


def papers(world: World) -> Iterator[tuple[str, bytes | None, str]]:
    """(name of the address, its file or nothing, what the page that asked says) for whoever gets one first."""
    for name, parameters in sorted(addresses().items()):
        if not name.endswith(PAPERS) or name.startswith(("admin", "exchange")):
            continue
        try:
            url = reverse(name, kwargs=world.arguments(name, parameters))
        except KeyError:
            continue
        for persona in PERSONAS:
            if persona not in world.clients:
                continue
            response = world.person(persona).get(url, follow=True)
            content = response.getvalue()
            if response.status_code != 200:
                continue
            if response["Content-Type"] == "application/pdf":
                yield name, content, ""
                break
            if "不在可打印的字库中" in content.decode(errors="replace"):
                yield name, None, content.decode()
                break


def test_every_paper_prints_rare_names_whole(world):
    rename(RARE)

    texts = {
        name: squeezed("".join(pages_of(content))) for name, content, _ in papers(world) if content
    }

    assert texts.keys() >= KNOWN
    # An agreement says the names of the day on which it was drawn.
    lacking = {name for name, text in texts.items() if RARE not in text}
    assert lacking == {"distribution:agreement_pdf", MANUAL}
    unfinished = {name for name, text in texts.items() if "第1页/共" not in text}
    assert unfinished == set()


def test_what_cannot_be_printed_is_told_where_it_was_asked_for(world):
    rename(UNPRINTABLE)

    found = {name: (content, page) for name, content, page in papers(world)}

    made = {name for name, (content, _) in found.items() if content}
    assert made == {"distribution:agreement_pdf", MANUAL}
    refused = [page for content, page in found.values() if not content]
    assert all("里的“\U00030000”（U+30000）不在可打印的字库中" in page for page in refused)
    assert found.keys() >= KNOWN
