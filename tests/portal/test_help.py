"""帮助: the question mark leads to the page's chapter in the reader's manual; everybody may read, as page and PDF."""

from urllib.parse import unquote

import pytest

from apps.portal.files.manuals import KEYS, manual_of, markdown
from tests.pdf_reading import content_of, pages_of, squeezed

pytestmark = pytest.mark.django_db


def question_mark(page: str) -> str:
    before = page.partition('aria-label="帮助"')[0]
    return before.rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")


@pytest.mark.parametrize(
    ("page", "chapter"),
    [("/notices/", "#首页通知和消息"), ("/accounts/subordinates/", "#机构管理和密码重置")],
)
def test_the_question_mark_leads_to_the_page_s_chapter(client_of, city_reviewer, page, chapter):
    client = client_of(city_reviewer)
    link = question_mark(client.get(page).content.decode())

    assert unquote(client.get(link)["Location"]) == f"/help/city/{chapter}"


def test_a_page_below_the_rail_has_the_chapter_of_its_item(client_of, city_reviewer):
    client = client_of(city_reviewer)
    link = question_mark(client.get("/accounts/sub-accounts/new/").content.decode())

    assert unquote(client.get(link)["Location"]) == "/help/city/#子用户管理"


def test_a_page_without_a_chapter_has_the_manual_s_beginning(client_of, city_reviewer):
    answer = client_of(city_reviewer).get("/help/chapter/?of=/nowhere/")

    assert answer["Location"] == "/help/city/"


def test_visitors_choose_a_manual(client):
    assert client.get("/help/chapter/")["Location"] == "/help/"
    page = client.get("/help/").content.decode()

    assert all(f"/help/{key}/" in page for key in KEYS)


def test_unknown_manuals_are_not_found(client):
    assert client.get("/help/nobody/").status_code == 404
    assert client.get("/help/nobody/pdf/").status_code == 404


@pytest.mark.parametrize("key", KEYS)
def test_every_heading_can_be_led_to(client, key):
    page = client.get(f"/help/{key}/").content.decode()
    anchors = [heading.anchor for heading in manual_of(key).headings]

    assert len(set(anchors)) == len(anchors)
    assert all(f'id="{anchor}"' in page and f'href="#{anchor}"' in page for anchor in anchors)


@pytest.mark.parametrize("key", KEYS)
def test_the_pdf_says_the_same(client, key):
    said = squeezed("".join(pages_of(content_of(client.get(f"/help/{key}/pdf/")))))

    assert [h.title for h in manual_of(key).headings if squeezed(h.title) not in said] == []


def test_markup_of_the_text_is_text():
    shown = markdown().render("<script>x()</script> [甲](javascript:x) **乙**")

    assert "<script" not in shown
    assert 'href="javascript' not in shown
