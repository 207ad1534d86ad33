"""The list of participants from Excel: codes decide, names only check, wrong rows are named."""

import pytest

from apps.accounts.domain.actors import Actor
from apps.organizations.models import Organization
from apps.projects.domain.participants.acts import choose_listed
from apps.projects.files.columns import PARTICIPANT_LIST, PARTICIPANTS
from apps.projects.files.participants_check import check_participants
from apps.projects.models import Obligation, Participation
from tests.factories_projects import ProjectFactory, enroll
from tests.projects.workbook_files import reading, told

pytestmark = pytest.mark.usefixtures("db", "country", "tree")


def check(project, *records):
    read = reading(PARTICIPANT_LIST, {PARTICIPANTS: list(records)})
    return read, check_participants(project, read)


def test_listed_institutions_are_new_changed_or_unchanged(alliance_officer, tree):
    project = ProjectFactory()
    enroll(project, tree["H42010600001"], tree["H42010600002"])
    records = (
        {"机构编码": "H42010600001", "参加方式": "自愿"},
        {"机构编码": "H42010600002"},
        {"机构编码": "H42010000001", "机构名称": "武汉市第一医院"},
    )

    _, outcome = check(project, *records)
    choose_listed(
        project=project,
        listed=[*outcome.new, *outcome.changed],
        by=Actor.of(alliance_officer),
    )
    _, again = check(project, *records)

    assert [unit.code for unit, _ in outcome.new] == ["H42010000001"]
    assert outcome.changed == [(tree["H42010600001"], Obligation.VOLUNTARY)]
    assert [(c.column, c.old, c.new) for c in outcome.changes] == [("参加方式", "必报", "自愿")]
    assert len(again.unchanged) == 3
    assert Participation.objects.count() == 3


WRONG = {
    "unknown": ({"机构编码": "H99"}, "机构编码", "没有编码为“H99”的机构"),
    "bureau": ({"机构编码": "420106"}, "机构编码", "不是医疗机构"),
    "name": (
        {"机构编码": "H42010600001", "机构名称": "武昌区第二医院"},
        "机构名称",
        "该编码登记的机构是“武昌区人民医院”",
    ),
    "obligation": (
        {"机构编码": "H42010600001", "参加方式": "随意"},
        "参加方式",
        "只能填：必报、自愿",
    ),
}


@pytest.mark.parametrize(("record", "column", "message"), WRONG.values(), ids=WRONG)
def test_wrong_row_is_named(record, column, message):
    ((_, row, title, sentence),) = told(*check(ProjectFactory(), record))

    assert (row, title) == (2, column)
    assert message in sentence


def test_institution_that_cannot_take_part_is_named(tree):
    Organization.objects.filter(code="H42010600001").update(is_active=False)
    Organization.objects.filter(code="H42010600002").update(reports_through=tree["H42010000001"])

    problems = told(
        *check(ProjectFactory(), {"机构编码": "H42010600001"}, {"机构编码": "H42010600002"})
    )

    assert [(row, sentence) for _, row, _, sentence in problems] == [
        (2, "“武昌区人民医院”已禁用"),
        (3, "“武昌区中医医院”由其他机构代报，不单独参加"),
    ]


def test_province_finds_its_own_institutions_only(province_officer, scope_of_user):
    project = ProjectFactory()

    with scope_of_user(province_officer):
        read = reading(PARTICIPANT_LIST, {PARTICIPANTS: [{"机构编码": "H14010500001"}]})
        ((_, _, _, sentence),) = told(read, check_participants(project, read))

    assert "不在您的管辖范围内" in sentence
