"""编码对照: one look-up by three kinds of code, and the table that an institution keeps of its own."""

import pytest
from django.urls import reverse

from apps.audit.models import LogEntry
from apps.projects.domain.own_codes.finding import codes_of, items_by_code
from apps.projects.models import CatalogItem, OwnCode
from tests import factories_demand as demand
from tests.exported import opened_export
from tests.pages import all_of, shown
from tests.reporting.uploads import book, uploaded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]
TITLES = ("本院编码", "品规编号")


@pytest.fixture
def unit(tree):
    return tree["H42010600001"]


@pytest.fixture
def project(unit, tree, alliance_officer):
    made = demand.demand_project([unit, tree["H14010500001"]])
    CatalogItem.objects.filter(item_code="P0002").update(unified_code="XA0002")
    CatalogItem.objects.filter(item_code__in=["P0003", "P0004"]).update(unified_code="XA0034")
    return demand.published(made, alliance_officer)


@pytest.fixture
def clerk(client_of, hospital_clerk):
    return client_of(hospital_clerk)


def keep(unit, project, **codes):
    items = demand.items_of(project)
    for code, item in codes.items():
        OwnCode.objects.create(organization=unit, path=unit.path, code=code, item=items[item])


def url(page, **more):
    return reverse(f"projects:{page}", kwargs={"code": "BL", **more})


def kept(unit):
    rows = OwnCode.objects.filter(organization=unit).order_by("code")
    return dict(rows.values_list("code", "item__item_code"))


def named(project, unit, *codes):
    by_pk = {item.pk: code for code, item in demand.items_of(project).items()}
    found = items_by_code(project, codes, unit)
    return {code: by_pk[pk] for code, pk in found.items.items()}, found.unknown, found.ambiguous


def test_three_kinds_of_code_and_never_a_name(project, unit, tree):
    keep(unit, project, Y100="P0001", Y101="P0001")
    asked = ("P0001", "XA0002", "Y100", "Y101", "ｙ１００", "测试片1", "P9", "XA0034", "")

    found, unknown, ambiguous = named(project, unit, *asked)

    assert found == {
        "P0001": "P0001", "XA0002": "P0002", "Y100": "P0001", "Y101": "P0001", "ｙ１００": "P0001",
    }  # fmt: skip
    assert unknown == ("测试片1", "P9", "")
    assert ambiguous == ("XA0034",)
    neighbour = tree["H14010500001"]
    assert named(project, neighbour, "Y100") == ({}, ("Y100",), ())
    assert named(project, None, "Y100") == ({}, ("Y100",), ())


def test_a_code_that_came_to_mean_two_items_is_told(project, unit):
    keep(unit, project, P0002="P0001")

    assert named(project, unit, "P0002") == ({}, (), ("P0002",))


def test_it_holds_for_the_same_item_of_another_round(project, unit, alliance_officer):
    keep(unit, project, Y1="P0001", Y2="P0002")
    other = demand.demand_project([unit], code="BL2")
    items = CatalogItem.objects.filter(project=other)
    items.filter(item_code="P0003").update(unified_code="XA0002")  # numbered anew
    items.filter(item_code="P0001").update(specification="10mg×28片")  # another item
    demand.published(other, alliance_officer)

    found, unknown, _ = named(other, unit, "Y1", "Y2")

    assert found == {"Y2": "P0003"}
    assert unknown == ("Y1",)


def test_adding_editing_removing(project, unit, clerk):
    clerk.post(url("own_code_create"), {"code": " Ｙ１ ", "item": "XA0002"})
    assert kept(unit) == {"Y1": "P0002"}
    own = OwnCode.objects.get()
    edit = url("own_code_edit", pk=own.pk)
    clerk.post(edit, shown(clerk, edit) | {"code": "Y1", "item": "P0001"})
    assert kept(unit) == {"Y1": "P0001"}
    page = clerk.get(url("own_code_list"), {"name": "y1"}).content.decode()
    assert "测试片1" in page

    clerk.post(url("own_code_remove"), {"selected": [own.pk]})

    assert kept(unit) == {}
    said = (
        LogEntry.objects.filter(verb="编码对照").order_by("pk").values_list("sentence", flat=True)
    )
    assert list(said) == [
        "添加编码对照：“Y1”对应 P0002（测试片2 5mg×28片）",
        "修改编码对照：“Y1”对应 P0001（测试片1 5mg×28片）",
        "删除编码对照 1 条",
    ]


def test_all_that_match_are_removed(project, unit, clerk):
    keep(unit, project, Y1="P0001", Y2="P0002")

    clerk.post(url("own_code_remove"), all_of(clerk, url("own_code_list")))

    assert kept(unit) == {}


@pytest.mark.parametrize(
    ("code", "item", "said"),
    [
        ("Y1", "P9", "编码“P9”不在本项目的目录里。"),
        ("Y1", "测试片1", "编码“测试片1”不在本项目的目录里。"),
        ("Y1", "XA0034", "编码“XA0034”对应多个品规，请改用品规编号。"),
        ("P0002", "P0001", "“P0002”是本项目里另一个品规的编码，不能再对应 P0001。"),
        ("Y0", "P0001", "本院编码“Y0”已经在编码对照里，请修改那一条。"),
    ],
)
def test_what_would_mean_two_things_is_refused(project, unit, clerk, code, item, said):
    keep(unit, project, Y0="P0003")

    answer = clerk.post(url("own_code_create"), {"code": code, "item": item})

    assert said in answer.content.decode()
    assert kept(unit) == {"Y0": "P0003"}


def test_another_units_codes_are_not_found(project, tree, clerk):
    keep(tree["H14010500001"], project, Y1="P0001")

    assert clerk.get(url("own_code_edit", pk=OwnCode.objects.get().pk)).status_code == 404
    assert "测试片1" not in clerk.get(url("own_code_list")).content.decode()


def test_a_file_is_taken_as_a_whole_and_twice_changes_nothing(project, unit, clerk):
    keep(unit, project, Y1="P0003")
    rows = [["Y1", "P0001"], ["Y2", "XA0002"], ["", "P0003"]]
    upload, address = uploaded(clerk, url("own_code_import"), book("编码对照", TITLES, *rows))
    assert upload.counts == {"new": 1, "changed": 1, "unchanged": 0, "wrong": 0}

    clerk.post(address)

    assert kept(unit) == {"Y1": "P0001", "Y2": "P0002"}
    again, _ = uploaded(clerk, url("own_code_import"), book("编码对照", TITLES, *rows))
    assert again.counts == {"new": 0, "changed": 0, "unchanged": 2, "wrong": 0}


def test_faults_of_a_file_are_told_by_cell(project, unit, clerk):
    rows = [["Y1", "P9"], ["P0002", "P0001"], ["Y2", "P0001"], ["Y2", "P0003"]]

    upload, _ = uploaded(clerk, url("own_code_import"), book("编码对照", TITLES, *rows))

    assert [(row, column) for _, row, column, _ in upload.problems] == [
        (2, "品规编号"), (3, "本院编码"), (5, "本院编码"),
    ]  # fmt: skip
    assert kept(unit) == {}


def test_the_file_of_what_is_kept_can_be_imported_again(project, unit, clerk):
    keep(unit, project, Y1="P0001", Y2="P0001")

    def rows(address, **asked):
        found = opened_export(b"".join(clerk.get(address, asked).streaming_content))
        return [[cell.value for cell in row[:2]] for row in found["编码对照"].iter_rows()]

    kept_rows, template = rows(url("own_code_export")), rows(url("own_code_import"), template="")

    assert kept_rows[-2:] == [["Y1", "P0001"], ["Y2", "P0001"]]
    assert template[-4:] == [["Y2", "P0001"], [None, "P0002"], [None, "P0003"], [None, "P0004"]]


def test_an_item_that_was_withdrawn_is_no_longer_found(unit):
    project = demand.demand_project([unit])
    CatalogItem.objects.filter(item_code="P0001").update(is_withdrawn=True)
    keep(unit, project, Y1="P0001")

    assert codes_of(project, unit).kept == {"Y1": frozenset()}
    assert named(project, unit, "P0001", "Y1")[0] == {}
