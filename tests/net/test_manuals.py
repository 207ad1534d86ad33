"""The manuals say what the product says: words that stand on buttons, pages that exist, pictures of every page."""

import re

import pytest
from django.urls import Resolver404, resolve

from apps.accounts.models.roles import Role
from apps.portal.files.manuals import (
    FOLDER,
    KEYS,
    OF_ROLES,
    PAGES,
    PICTURES,
    manual_of,
    picture_of,
    whole_text,
)
from tests.journeys.manual_pictures import LARGEST, RECIPES
from tests.net.ui_words import is_shown

CASTS = {
    "institution": "hospital_clerk",
    "county": "county_reviewer",
    "city": "city_reviewer",
    "province": "province_officer",
    "alliance": "alliance_officer",
    "manufacturer": "manufacturer_agent",
    "distributor": "distributor_agent",
    "administrator": "auditor",
}


def chapters(key: str) -> list[str]:
    return re.split(r"(?m)^## ", whole_text(key))[1:]


def pictures_of(text: str) -> list[str]:
    return [picture_of(source) for source in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text)]


def test_every_role_has_a_manual():
    assert set(OF_ROLES) == set(Role)
    assert {path.stem for path in FOLDER.glob("*.md")} == set(KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_buttons_and_labels_are_the_product_s(key):
    text = whole_text(key)
    words = {*re.findall(r"「([^」]+)」", text), *re.findall(r"\*\*([^*]+)\*\*", text)}

    assert sorted(word for word in words if not is_shown(word)) == []


@pytest.mark.parametrize("key", KEYS)
def test_links_lead_somewhere_and_bear_the_page_s_name(key):
    broken = []
    for words, target in re.findall(r"(?<!!)\[([^\]]*)\]\((/[^)#]*)\)", whole_text(key)):
        try:
            resolve(target)
        except Resolver404:
            broken.append(target)
        if not is_shown(words):
            broken.append(words)

    assert broken == []


@pytest.mark.parametrize("key", KEYS)
def test_every_chapter_of_a_page_has_a_picture(key):
    bare = [
        chapter.splitlines()[0]
        for chapter in chapters(key)
        if PAGES in chapter and not pictures_of(chapter)
    ]
    assert bare == []


@pytest.mark.django_db
@pytest.mark.parametrize("key", KEYS)
def test_every_page_of_the_rail_has_a_chapter(key, client_of, request):
    client = client_of(request.getfixturevalue(CASTS[key]))

    frame = client.get("/help/").context["frame"]
    pages = {link.url: link.title for section in frame.sections for link in section.links}
    told = manual_of(key).chapters
    assert {url: title for url, title in pages.items() if url not in told} == {}


def test_pictures_are_there_small_and_used():
    used = {name for key in KEYS for name in pictures_of(whole_text(key))}
    there = {path.name: path.stat().st_size for path in PICTURES.iterdir()}

    assert set(there) == used == {f"{name}.png" for name in RECIPES}
    assert {name: size for name, size in there.items() if size > LARGEST} == {}
