"""The codes of projects and items: they stay for good, so forms, imports, services and the database hold a format."""

import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import get_resolver, resolve, reverse

from apps.accounts.domain.actors import Actor
from apps.exchange.files.readings import Reading, Row
from apps.projects.domain.copying import CopyOptions, copy_project
from apps.projects.domain.lifecycle import create_project, edit_project
from apps.projects.domain.refusals import ProjectRefused
from apps.projects.files.catalogue_check import CatalogueCheck
from apps.projects.files.columns import CATALOGUE, ITEM_COLUMNS, ITEMS
from apps.projects.models import CatalogItem, Project
from apps.projects.models.codes import ITEM_RULE, PROJECT_RULE, RESERVED
from tests.factories_projects import CatalogItemFactory, ProjectFactory
from tests.net.access_table import addresses
from tests.pages import words_of
from tests.running import as_owner

pytestmark = pytest.mark.usefixtures("db", "country", "tree")

SLUG = re.compile(r"[-a-zA-Z0-9_]+")
WRONG_PROJECTS = ["=BL", "-1", "_A", "BL 1项", "BL/1", "BL.1", "药", "A" * 41, "BL\n", "٤"]
WRONG_ITEMS = ["=1+1", "-5", "@A", "'001", "A,B", "A、B", "甲①", "A|B", "A\\B", "#REF!", "A=B", "٤"]
RIGHT_ITEMS = ["0012", "1E05", "A-1.2_3/4(5)#6*7+8", "国C01", "P" * 30]


@pytest.fixture
def by(alliance_officer):
    return Actor.of(alliance_officer)


@pytest.mark.parametrize("code", WRONG_PROJECTS)
def test_a_wrong_project_code_is_refused_everywhere_with_one_sentence(
    code, by, client_of, alliance_officer
):
    known = ProjectFactory(code="BL-OLD")
    with pytest.raises(ProjectRefused, match=PROJECT_RULE):
        create_project(by=by, code=code, name="新", kind="demand")
    with pytest.raises(ProjectRefused, match=PROJECT_RULE):
        edit_project(project=known, by=by, code=code)
    with pytest.raises(ProjectRefused, match=PROJECT_RULE):
        copy_project(project=known, options=CopyOptions(), by=by, code=code, name="副本")
    assert Project.objects.count() == 1


@pytest.mark.parametrize("code", ["=BL", "BL/1", "药", "new", "Create"])
def test_the_forms_say_it_once(code, client_of, alliance_officer):
    known, client = ProjectFactory(code="BL-OLD"), client_of(alliance_officer)
    for url in (
        reverse("projects:project_create"),
        reverse("projects:project_copy", args=[known.code]),
    ):
        page = client.post(url, {"code": code, "name": "新", "kind": "demand"}).content.decode()

        said = [
            words
            for words in words_of(page, "div", "span")
            if "项目编码" in words and "。" in words
        ]
        rule = f"“{code}”不能用作项目编码" if code.lower() in {"new", "create"} else PROJECT_RULE
        assert any(rule in words for words in said), said
    assert Project.objects.count() == 1


def test_full_width_and_blanks_are_no_fault(client_of, alliance_officer):
    url = reverse("projects:project_copy", args=[ProjectFactory(code="BL-OLD").code])

    client_of(alliance_officer).post(url, {"code": " ＢＬ－９ ", "name": "副本"})

    assert Project.objects.filter(code="BL-9").exists()


def item_row(code):
    values = {column.key: column.empty for column in ITEM_COLUMNS}
    values |= {
        "item_code": code, "lot": "标", "product_group": "组", "competition_unit": "单元", "variety": "药",
        "specification": "规", "unit": "片", "pack_quantity": 1, "manufacturer_name": "厂", "daily_usage": 1,
    }  # fmt: skip
    return Row(CATALOGUE.sheet(ITEMS), 3, values)


@pytest.mark.parametrize("code", WRONG_ITEMS)
def test_a_wrong_item_code_is_refused_by_the_import_and_by_the_database(code):
    project = ProjectFactory()

    outcome = CatalogueCheck(project).run(Reading(rows={ITEMS: [item_row(code)]}))

    assert [problem.message for problem in outcome.problems] == [ITEM_RULE]
    assert outcome.new == []
    with pytest.raises(IntegrityError, match="item_code_format"), transaction.atomic():
        CatalogItemFactory(project=project, item_code=code)


@pytest.mark.parametrize("code", RIGHT_ITEMS)
def test_a_right_item_code_is_taken(code):
    project = ProjectFactory()

    outcome = CatalogueCheck(project).run(Reading(rows={ITEMS: [item_row(code)]}))

    assert (outcome.problems, len(outcome.new)) == ([], 1)
    assert CatalogItemFactory(project=project, item_code=code).pk


def test_the_database_refuses_a_project_code_that_breaks_addresses():
    for code in ("a/b", "甲", "a b", ""):
        with pytest.raises(IntegrityError, match="project_code_format"), transaction.atomic():
            ProjectFactory(code=code)


def test_what_was_stored_before_stays():
    """The constraints are not valid for old rows: these are neither looked at nor in the way."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE NOT convalidated AND conname LIKE %s",
            ["%_code_format"],
        )
        assert {name for (name,) in cursor.fetchall()} == {
            "project_code_format",
            "item_code_format",
        }
    project = ProjectFactory()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE projects_catalogitem DROP CONSTRAINT item_code_format")
    CatalogItemFactory(project=project, item_code="甲①")

    outcome = CatalogueCheck(project).run(Reading(rows={ITEMS: [item_row("甲①")]}))

    assert outcome.problems == []
    assert CatalogItem.objects.filter(project=project).count() == 1


def first_words(resolver):
    for pattern in resolver.url_patterns:
        word = str(pattern.pattern).split("/")[0]
        if word and "<" not in word and "^" not in word:
            yield word
        if hasattr(pattern, "url_patterns"):
            yield from first_words(pattern)


def route_of(name, known):
    """Where it leads for a code that is no word; methods of one address may have names of their own."""
    return resolve(reverse(name, kwargs=known | {"code": "ZZ-2026-1"})).route


def test_a_word_that_stands_in_an_address_is_no_project():
    """Else a page of that project would be another page."""
    words = sorted({word for word in first_words(get_resolver()) if SLUG.fullmatch(word)})
    values = {
        "tier": "city",
        "slot": "lowest",
        "action": "approve",
        "subject": "allocation",
        "page": "list",
    }
    shadowed = set()
    for name, parameters in addresses().items():
        if "code" not in parameters:
            continue
        known = {key: values.get(key, 1) for key in parameters}
        for word in words:
            found = resolve(reverse(name, kwargs=known | {"code": word}))
            if found.view_name != name and found.route != route_of(name, known):
                shadowed.add(word)

    assert shadowed - RESERVED == set()
