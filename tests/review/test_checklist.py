"""办理情况: every page of every tier shows the same figures, those of an independent count."""

from collections.abc import Callable
from typing import Any

import pgtrigger
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.allocation.models import AllocationRow, CapacityPool
from apps.projects.models import CatalogItem, Project, WinningProduct
from apps.review.domain.checklist import checklist_of
from apps.review.models import Filing
from apps.review.models.statuses import Status
from apps.scope.context import whole_country
from tests import factories_allocation as make
from tests.cast import Tree
from tests.factories_review import put, units_below
from tests.pages import tags
from tests.running import as_owner

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
CHAIN = ["county", "city", "province"]
STANDING = (
    ("H42010600001", Status.SUBMITTED, {}),
    ("H42010600002", Status.APPROVED, {"substituted": True}),
    ("H42010000001", Status.RETURNED, {}),
    ("H42020200001", Status.LAPSED, {}),
    ("H42000000001", Status.APPROVED, {}),
    ("H14010500001", Status.DRAFT, {}),
)
UNPLACED = (("H42010600001", "U", 120), ("H42010000001", "U", 30), ("H14010500001", "C", 7_000))


@pytest.fixture
def round_(tree: Tree, alliance_officer: User) -> Project:
    """Every standing at once in Hubei and Shanxi; two items with something left over, in 粒 and in 支."""
    extra = units_below(tree["420106"], 2)
    units = [tree[code] for code, _, _ in STANDING] + extra
    project = make.allocation_project(units, chain=CHAIN)
    make.worked_products(project, {"A": 40_000})
    with whole_country(reason="test"):
        CatalogItem.objects.filter(project=project, item_code="C").update(unit="支")
    for code, item, _ in UNPLACED:
        make.volume(project, tree[code], item, 12_503)
    make.published(project, alliance_officer)
    leave_over(project, tree)
    for code, status, fields in STANDING:
        put(status, make.filing_of(project, tree[code]), **fields)
    put(Status.EXCLUDED, make.filing_of(project, extra[0]))
    put(Status.SUBMITTED, make.filing_of(project, tree["420106"]))
    put(Status.APPROVED, make.filing_of(project, tree["420200"]))
    return project


def leave_over(project: Project, tree: Tree) -> None:
    """What found no capacity, and a product of which less than a pack is left."""
    with whole_country(reason="test"):
        rows = AllocationRow.objects.filter(project=project)
        for code, item, quantity in UNPLACED:
            rows.filter(organization=tree[code], item__item_code=item).update(
                other_state="short", unplaced=quantity
            )
        CapacityPool.objects.filter(product__item__item_code="A").update(allocated=39_990)


def people_of(city: User, county: User, province: User, alliance: User) -> dict[str, User]:
    return {"alliance": alliance, "province": province, "city": city, "county": county}


@pytest.fixture
def people(
    city_reviewer: User, county_reviewer: User, province_officer: User, alliance_officer: User
) -> dict[str, User]:
    return people_of(city_reviewer, county_reviewer, province_officer, alliance_officer)


def counted(project: Project, top: Any) -> dict[str, str]:
    """The words of each line, by plain counting in Python."""
    with whole_country(reason="test"):
        filings = [f for f in Filing.objects.filter(project=project) if f.path.startswith(top.path)]
        rows = [
            row
            for row in AllocationRow.objects.filter(project=project).select_related("item")
            if row.path.startswith(top.path) and row.unplaced
        ]
    units = [f for f in filings if f.tier == "institution"]
    taking_part = [f for f in units if f.status != Status.EXCLUDED]
    done = [f for f in taking_part if f.status in ("submitted", "approved")]
    own = [f for f in done if not f.substituted]
    waiting = sum(f.status == Status.SUBMITTED for f in own)
    bureaus = [f for f in filings if f.tier != "institution" and is_right_below(f.path, top.path)]
    ready = [f for f in bureaus if f.status in ("submitted", "approved")]
    total = f"/ {len(taking_part)} 家"
    lines = {
        "participants": f"参加机构 {len(taking_part)} 家",
        "reported": f"已上报 {len(own)} {total}" + f"其中待审核 {waiting} 家" * bool(waiting),
        "substituted": f"系统代分 {len(done) - len(own)} {total}",
        "exhausted": "产能用完的中选产品 1 / 3 个",
    }
    for status, label in (("draft", "未上报"), ("returned", "退回未重报"), ("lapsed", "计为未报")):
        lines[status] = f"{label} {sum(f.status == status for f in units)} {total}"
    if len(units) > len(taking_part):
        lines["excluded"] = f"已移出 {len(units) - len(taking_part)} 家"
    if bureaus:
        held = sum(f.status == Status.SUBMITTED for f in bureaus)
        lines["bureaus"] = f"下级医保部门已提交 {len(ready)} / {len(bureaus)} 家"
        lines["bureaus"] += f"待审核 {held} 家" * bool(held)
    sums: dict[str, int] = {}
    for row in rows:
        sums[row.item.unit] = sums.get(row.item.unit, 0) + row.unplaced
    words = "、".join(f"{sums[unit]:,} {unit}" for unit in sorted(sums, key=lambda u: -sums[u]))
    lines["unplaced"] = f"未能分配 {len({row.item_id for row in rows})} 项{words}"
    return lines


def is_right_below(path: str, top: str) -> bool:
    return path != top and path.startswith(top) and path[len(top) :].count("/") == 1


def shown(page: str) -> dict[str, str]:
    return {tag["data-line"]: tag.words for tag in tags(page, "div") if "data-line" in tag}


@pytest.mark.covers("S0-24", "S3-23")
@pytest.mark.parametrize("tier", ["alliance", "province", "city", "county"])
def test_all_pages_show_the_same_figures(
    round_: Project, people: dict[str, User], client_of: ClientOf, tier: str
):
    person, client = people[tier], client_of(people[tier])
    expected = counted(round_, person)
    own = make.filing_of(round_, person.organization)
    pages = {
        "list": "/review/FL/",
        "detail": f"/review/FL/filings/{own.pk}/",
        "submit": "/review/FL/confirm/" if tier != "alliance" else "/review/FL/conclude/",
        "progress": "/progress/FL/",
        "units": "/progress/FL/institutions/",
        "project": "/projects/FL/",
    }

    found = {
        page: shown(client.get(url, follow=True).content.decode()) for page, url in pages.items()
    }

    assert found == dict.fromkeys(pages, expected)


def test_an_upper_tier_sees_of_a_package_what_its_bureau_sees(
    round_: Project, people: dict[str, User], client_of: ClientOf, tree: Tree
):
    city = make.filing_of(round_, tree["420100"])
    client = client_of(people["alliance"])

    detail = shown(client.get(f"/review/FL/filings/{city.pk}/").content.decode())
    progress = shown(client.get(f"/progress/FL/?at={city.pk}").content.decode())

    assert detail == progress == counted(round_, tree["420100"])


def test_each_line_leads_to_as_many_as_it_says(
    round_: Project, people: dict[str, User], client_of: ClientOf
):
    client = client_of(people["alliance"])
    with whole_country(reason="test"):
        lines = {line.key: line for line in checklist_of(round_, "/0/").lines}

    for key in (
        "participants",
        "reported",
        "substituted",
        "draft",
        "returned",
        "lapsed",
        "excluded",
    ):
        table = client.get(lines[key].href).context["table"]
        assert lines[key].value.startswith(f"{table.paginator.count} "), key
    for key in ("unplaced", "exhausted"):
        table = client.get(lines[key].href).context["table"]
        assert lines[key].value.startswith(f"{table.paginator.count} "), key


def test_it_is_one_statement(round_: Project, country: object):
    with CaptureQueriesContext(connection) as statements:
        checklist_of(round_, "/0/")

    assert len(statements) == 1


@pytest.fixture
def ready(round_: Project, tree: Tree) -> Project:
    """Nothing blocks any more: one institution lapsed, quantities are left over, the provinces are approved."""
    with whole_country(reason="test"):
        rows = Filing.objects.filter(project=round_).exclude(tier="alliance")
        rows.exclude(status__in=["lapsed", "excluded"]).update(status=Status.APPROVED)
    return round_


@pytest.mark.covers("S0-25")
def test_concluding_states_in_numbers_what_is_open_and_asks(
    ready: Project, people: dict[str, User], client_of: ClientOf
):
    client = client_of(people["alliance"])
    url = "/review/FL/conclude/"

    page = client.get(url).content.decode()
    refused = client.post(url)
    done = client.post(url, {"confirmed": "1"})

    assert "计为未报 1 / 7 家" in {tag.words for tag in tags(page, "li")}
    assert "未能分配 2 项（7,000 支、150 粒）" in {tag.words for tag in tags(page, "li")}
    assert refused.status_code == 409
    assert "计为未报 1 / 7 家、未能分配 2 项（7,000 支、150 粒）" in refused.content.decode()
    assert done.status_code == 302
    ready.refresh_from_db()
    assert ready.phase == "concluded"


@pytest.mark.covers("S0-25")
def test_submitting_states_in_numbers_what_is_open_and_asks(
    ready: Project, people: dict[str, User], client_of: ClientOf, tree: Tree
):
    put(Status.DRAFT, make.filing_of(ready, tree["42"]))
    client = client_of(people["province"])
    url = "/review/FL/confirm/"

    page = client.get(url).content.decode()
    refused = client.post(url)
    still = make.filing_of(ready, tree["42"]).status
    done = client.post(url, {"confirmed": "1"})

    assert "未能分配 1 项（150 粒）" in {tag.words for tag in tags(page, "li")}
    assert (refused.status_code, still) == (409, "draft")
    assert done.status_code == 302
    assert make.filing_of(ready, tree["42"]).status == "submitted"


@pytest.mark.covers("S0-25")
def test_submitting_in_place_of_a_bureau_asks_the_same(
    ready: Project, people: dict[str, User], client_of: ClientOf, tree: Tree
):
    """With the reason and both names, and never around the numbers of what is open."""
    own = make.filing_of(ready, tree["42"])
    put(Status.DRAFT, own)
    client = client_of(people["alliance"])
    url = f"/review/FL/filings/{own.pk}/submit/"

    detail = client.get(f"/review/FL/filings/{own.pk}/").content.decode()
    page = client.get(url).content.decode()
    refused = client.post(url, {"reason": "省局停电"})
    still = make.filing_of(ready, tree["42"]).status
    done = client.post(url, {"reason": "省局停电", "confirmed": "1"})

    for shown in (detail, page):
        assert "未能分配 1 项（150 粒）" in {tag.words for tag in tags(shown, "li")}
        assert len(tags(shown, "input", name="confirmed")) == 1
    assert (refused.status_code, still) == (409, "draft")
    assert "未能分配 1 项（150 粒）" in refused.content.decode()
    assert done.status_code == 302
    assert make.filing_of(ready, tree["42"]).status == "submitted"


def test_nothing_is_asked_where_nothing_is_open(
    ready: Project, people: dict[str, User], client_of: ClientOf, tree: Tree
):
    with whole_country(reason="test"):
        with pgtrigger.ignore():
            AllocationRow.objects.update(unplaced=0)
        Filing.objects.filter(status="lapsed").update(status="approved")
    put(Status.DRAFT, make.filing_of(ready, tree["42"]))
    client = client_of(people["province"])

    page = client.get("/review/FL/confirm/").content.decode()

    assert not tags(page, "input", name="confirmed")
    assert client.post("/review/FL/confirm/").status_code == 302


def test_products_are_those_that_supply_the_province(round_: Project, tree: Tree, country: object):
    with whole_country(reason="test"):
        product = WinningProduct.objects.get(project=round_, item__item_code="A")
        with as_owner(), pgtrigger.ignore():
            CapacityPool.objects.filter(product=product).update(provinces=[tree["14"].path])

        own = {line.key: line.value for line in checklist_of(round_, tree["42"].path).lines}
        theirs = {line.key: line.value for line in checklist_of(round_, tree["14"].path).lines}

    assert (own["exhausted"], theirs["exhausted"]) == ("0 / 2 个", "1 / 3 个")
