"""生成分量任务: volumes of the published version to the unit, divided by the winners, refused where they don't fit."""

import pytest

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.generation.acts import (
    NotGenerated,
    generate_draft,
    generate_volumes,
    refresh_preview,
)
from apps.allocation.domain.volumes.acts import save_volumes
from apps.allocation.models import AllocationRow, Generation
from apps.projects.domain.lifecycle import delete_draft, start_preparation
from apps.projects.models import CatalogItem, Participation, Project, WinningProduct
from apps.review.domain.refusals import NotYourTurn
from apps.review.domain.rounds.concluding import conclude_project
from apps.review.domain.rounds.publishing import publication_report
from apps.volumes.domain.agreed.acts import withdraw_agreed
from apps.volumes.domain.refusals import VolumesRefused
from apps.volumes.models import AgreedQuantity
from tests import factories_generation as make
from tests.volumes import rounds

pytestmark = pytest.mark.usefixtures("country")
REPORTS = {
    "H42010600001": {"P1": 10_000, "P2": 8_003, "P3": 5_001, "P4": 77},
    "H42010600002": {"P2": 3, "P3": 47},
    "H14010500001": {"P1": 12_503, "P3": 1_000},
}


@pytest.fixture
def by(alliance_officer):
    return Actor.of(alliance_officer)


@pytest.fixture
def demand(tree, alliance_officer):
    reports = {tree[code]: quantities for code, quantities in REPORTS.items()}
    return make.finished_demand(reports, alliance_officer)


@pytest.fixture
def draft(demand, by):
    return generate_draft(source=demand[0], code="FL", name="由报量生成的分量", by=by)


def test_the_draft_has_catalogue_participants_rules_and_its_source(demand, draft):
    source, version = demand

    codes = CatalogItem.objects.filter(project=draft).values_list("item_code", flat=True)
    units = Participation.objects.filter(project=draft).values_list("organization__code", flat=True)

    assert (draft.kind, draft.phase, draft.chain) == ("allocation", "draft", source.chain)
    assert (str(draft.keep_other), str(draft.share_highest)) == ("0.9000", "0.3000")
    assert (sorted(codes), sorted(units)) == (["P1", "P2", "P3", "P4"], sorted(REPORTS))
    made = Generation.objects.get(project=draft)
    assert (made.source, made.version, made.rows) == (source, version, 0)


def test_who_was_approved_below_a_bureau_that_was_not_takes_no_part(tree, alliance_officer, by):
    """Nothing of it was counted, so there is nothing for it to allocate."""
    reports = {tree[code]: {"P1": 100} for code in ("H42010600001", "H42020200001")}
    demand = rounds.approved_round(
        reports,
        alliance_officer,
        units=make.UNITS,
        chain=["county", "city", "province"],
        waiting=[tree["420106"]],
    )
    rounds.set_rules(demand, rule="r2")
    rounds.published_base(demand, alliance_officer)
    rounds.published_agreed(demand, alliance_officer)
    conclude_project(demand, by=by, confirmed=True)

    draft = generate_draft(source=demand, code="FL", name="由报量生成的分量", by=by)

    units = Participation.objects.filter(project=draft).values_list("organization__code", flat=True)
    assert list(units) == ["H42020200001"]


def test_volumes_are_those_that_were_published(demand, draft, by, tree):
    _, version = demand
    make.give_winners(draft)

    count = generate_volumes(project=draft, by=by)

    published = AgreedQuantity.objects.filter(
        version=version, filing__tier="institution", agreed__gt=0
    )
    told = set(
        published.values_list(
            "filing__organization__code", "item__item_code", "agreed", "kept", "pending"
        )
    )
    found = AllocationRow.objects.of_project(draft).values_list(
        "organization__code", "item__item_code", "agreed", "kept", "pending"
    )
    assert (count, set(found)) == (len(told), told)
    row = AllocationRow.objects.get(organization=tree["H42010600001"], item__item_code="P2")
    assert (row.reported, row.agreed, row.kept, row.pending) == (8_003, 6_402, 5_761, 641)
    assert (row.lowest, row.highest, row.other) == (0, 192, 449)


def test_the_preview_tells_groups_and_what_products_cannot_carry(draft, by):
    make.give_winners(draft, P1=17_000)
    generate_volumes(project=draft, by=by)

    preview = Generation.objects.get(project=draft).preview

    (group,) = preview["groups"]
    rows = AllocationRow.objects.of_project(draft)
    assert group["kept"] == sum(row.kept for row in rows)
    assert group["agreed"] == group["kept"] + group["lowest"] + group["highest"] + group["other"]
    (short,) = preview["short"]
    assert (short["capacity"], short["kept"], short["excess"]) == (17_000, 18_002, 1_002)
    assert any("超出 1,002" in sentence for sentence in preview["problems"])
    assert preview["without_winner"] == ["产品组单元乙"]


def test_without_winners_everything_is_left_out_until_they_come(draft, by):
    generate_volumes(project=draft, by=by)
    before = Generation.objects.get(project=draft).preview
    waiting = AllocationRow.objects.of_project(draft).filter(pending__gt=0)
    assert before["left_out"] == waiting.count() > 0
    assert any("没有中选产品" in sentence for sentence in before["warnings"])

    make.give_winners(draft)
    refresh_preview(project=draft, by=by)

    after = Generation.objects.get(project=draft).preview
    assert (after["left_out"], after["problems"]) == (0, [])


def test_the_winners_of_another_allocation_are_reused(demand, draft, by):
    make.give_winners(draft, P1=99_999)

    second = generate_draft(source=demand[0], code="FL2", name="再次生成", by=by, winners=draft)

    found = WinningProduct.objects.filter(project=second).with_terms().order_by("item__item_code")
    assert [(p.enterprise.name, p.capacity, str(p.cut)) for p in found] == [
        ("P1制药", 99_999, "60.0000"),
        ("P2制药", None, "52.0000"),
    ]


def test_generating_again_replaces_and_publication_freezes(draft, by, alliance_officer):
    make.give_winners(draft)
    first = generate_volumes(project=draft, by=by)

    again = generate_volumes(project=draft, by=by)

    assert again == first == AllocationRow.objects.of_project(draft).count()
    start_preparation(project=draft, by=by)
    draft.refresh_from_db()
    report = publication_report(draft)
    assert [
        problem for problem in report.problems if "分配量" in problem or "确认量" in problem
    ] == []


def test_what_is_withdrawn_or_used_stands_in_the_way(demand, draft, by):
    source, version = demand
    with pytest.raises(VolumesRefused, match="由报量生成的分量"):
        withdraw_agreed(version=version, by=by, reason="重算")

    delete_draft(project=draft, by=by)

    withdraw_agreed(version=version, by=by, reason="重算")
    with pytest.raises(NotGenerated):
        generate_draft(source=source, code="FL3", name="太早", by=by)


def test_only_what_is_finished(tree, alliance_officer, by):
    reports = {tree["H42010600001"]: {"P1": 100}}
    project = rounds.approved_round(reports, alliance_officer, units=make.UNITS)
    with pytest.raises(NotGenerated, match="已办结"):
        generate_draft(source=project, code="FL", name="太早", by=by)


def test_only_the_alliance(demand, draft, province_officer):
    other = Actor.of(province_officer)
    with pytest.raises(NotYourTurn):
        generate_draft(source=demand[0], code="FL9", name="越权", by=other)
    with pytest.raises(NotYourTurn):
        generate_volumes(project=draft, by=other)


def test_an_imported_project_is_not_generated(by):
    project = Project.objects.create(code="FL7", name="导入", kind="allocation")
    save_volumes(project=project, volumes=[], by=by)
    with pytest.raises(NotGenerated, match="导入"):
        generate_volumes(project=project, by=by)
