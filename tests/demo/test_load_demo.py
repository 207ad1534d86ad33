"""`load_demo`: who is there, what is open to whom, and that a second load changes nothing."""

import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.test import Client, override_settings
from django.utils import timezone

from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.allocation.models import AllocationRow, CapacityPool, GroupDesignation
from apps.distribution.models import (
    Agreement,
    ChainLink,
    DeliveryArea,
    DeliveryRelation,
    DistributorAccount,
)
from apps.distribution.models.relation_statuses import Status
from apps.organizations.models import Organization
from apps.projects.models import Project
from apps.review.domain.holding import editability
from apps.review.models import Filing
from apps.scope.context import enter, whole_country
from tests.running import as_owner

pytestmark = pytest.mark.usefixtures("demo", "db", "country")

ACCOUNTS = {
    "alliance", "province42", "city4201", "county420106", "province14", "city1401", "sub4201",
    "newcomer", "maker1", "maker2", "distributor1", "distributor2", "admin", "security", "auditor",
    *(f"hospital{number}" for number in range(1, 8)),
}  # fmt: skip


def load() -> str:
    out = io.StringIO()
    with as_owner():
        call_command("load_demo", stdout=out)
    return out.getvalue()


def filing_of(username: str) -> Filing:
    unit = User.objects.get(username=username).organization
    return of_round().select_related("organization", "project").get(organization=unit)


def of_round(code: str = "DEMO-FL"):
    return Filing.objects.filter(project__code=code)


def counts() -> dict[str, int]:
    return {model._meta.label: model.objects.count() for model in apps.get_models()}


def test_second_load_changes_nothing():
    before = counts()

    load()

    assert counts() == before


def test_prints_every_account_with_the_password():
    printed = load()

    assert settings.DEMO_PASSWORD in printed
    assert {line.split()[0] for line in printed.splitlines()[1:]} == ACCOUNTS


@override_settings(CAPTCHA="off")
@pytest.mark.parametrize("username", sorted(ACCOUNTS))
def test_every_account_signs_in(username):
    answer = Client().post(
        "/accounts/login/", {"username": username, "password": settings.DEMO_PASSWORD}
    )

    assert answer.status_code == 302
    assert answer["Location"] != "/accounts/login/"


def test_only_the_newcomer_must_change_the_password():
    made_to = User.objects.filter(must_change_password=True)

    assert set(made_to.values_list("username", flat=True)) == {"newcomer"}


def test_a_load_restores_what_visitors_did_to_accounts():
    User.objects.filter(username="hospital1").update(
        password="!", must_change_password=True, is_active=False
    )
    Organization.objects.filter(code="H42010600001").update(is_active=False)

    load()

    account = User.objects.select_related("organization").get(username="hospital1")
    assert account.check_password(settings.DEMO_PASSWORD)
    assert (account.must_change_password, account.is_active) == (False, True)
    assert account.organization.is_active


def test_hospitals_hang_where_the_accounts_say():
    def parent(username: str) -> str:
        return User.objects.get(username=username).organization.parent.code

    assert {parent(f"hospital{number}") for number in range(1, 5)} == {"420106"}
    assert (parent("hospital5"), parent("hospital6")) == ("420100", "42")
    assert parent("hospital7") == "140105"


@pytest.mark.parametrize(
    ("institution", "chain"),
    [
        ("H11010100001", ["110101", "11", "0"]),  # a Beijing district acts as a city
        ("H41900100001", ["419001", "41", "0"]),  # a county that answers to the province
        ("H65900200001", ["659002", "66", "0"]),  # a city of the Corps
        ("H42010600001", ["420100", "42", "0"]),  # the county is not in the chain
        ("H42000000001", ["42", "0"]),  # hangs off the province
    ],
)
def test_review_chains_of_the_tree(institution, chain):
    filing = of_round().get(organization__code=institution)

    above = []
    while filing.parent:
        filing = Filing.objects.select_related("organization").get(pk=filing.parent_id)
        above.append(filing.organization.code)

    assert above == chain


def test_a_station_that_reports_through_another_has_no_filing():
    assert not Filing.objects.filter(organization__code="H42010600009").exists()


@pytest.mark.parametrize("username", [f"hospital{number}" for number in range(1, 8)])
def test_demo_allocation_is_open_to_fill(username):
    with enter(scope_of(User.objects.get(username=username))):
        project = Project.objects.get(code="DEMO-FL")
        filing = Filing.objects.get(project=project)
        waiting = AllocationRow.objects.of_filing(filing).to_allocate().count()

        assert editability(project, filing, "报量", at=timezone.now())
        assert waiting


def test_hospital2_is_halfway():
    rows = AllocationRow.objects.of_filing(filing_of("hospital2")).to_allocate()

    confirmed = rows.filter(pending_confirmed_at__isnull=False).count()
    assert 0 < confirmed < rows.count()
    assert rows.filter(pending_confirmed_at=None, lowest_state="placed").exists()


def test_the_city_has_something_to_review():
    city = of_round().get(organization__code="420100")

    below = Filing.objects.children_of(city).values_list("status", flat=True)
    assert set(below) == {"draft", "submitted", "approved", "returned"}


def test_provinces_and_cities_stand_at_different_points():
    cities = of_round().filter(tier="city", parent__organization__code="42")

    assert set(cities.values_list("status", flat=True)) == {"draft", "submitted", "approved"}


def test_one_group_has_one_enterprise_in_both_fixed_slots():
    merged = GroupDesignation.objects.filter(project__code="DEMO-FL", path="/0/42/", merged=True)

    assert [each.product_group for each in merged] == ["双黄连口服剂型"]


def test_one_product_is_nearly_gone_and_no_other():
    pools = CapacityPool.objects.filter(project__code="DEMO-FL").select_related("product__item")

    scarce = {pool.product.item.item_code: pool.left for pool in pools if pool.left < 100_000}
    assert list(scarce) == ["FL0603"]
    assert 12 <= scarce["FL0603"] < 3_000


def test_windows_are_open_again_after_the_round_has_ended():
    later = datetime.now(UTC) + timedelta(days=60)
    filing = filing_of("hospital1")

    with time_machine.travel(later, tick=False):
        assert not editability(filing.project, filing, "报量", at=timezone.now())
        load()
        assert editability(filing.project, filing, "报量", at=timezone.now())
        end = filing.project.windows.get(tier="institution").closes_at

    assert timezone.localtime(end).strftime("%H:%M") == "00:00"


def test_chains_and_pools_hold():
    call_command("verify_audit", stdout=io.StringIO())
    call_command("verify_capacity", stdout=io.StringIO())
    call_command("verify_agreements", stdout=io.StringIO())


def test_strangers_see_nothing_of_hubei():
    with enter(scope_of(User.objects.get(username="province14"))):
        paths = set(Filing.objects.values_list("path", flat=True))

    with whole_country(reason="test"):
        assert Filing.objects.filter(path__startswith="/0/42/").exists()
    assert all(path.startswith("/0/14/") for path in paths)


PAGES = {
    "hospital1": ("/", "/projects/", "/projects/{0}/", "/allocation/{0}/supply/", "/allocation/{0}/selected/",
                  "/allocation/{0}/pending/", "/allocation/{0}/report/", "/notices/"),
    "hospital2": ("/allocation/{0}/pending/", "/allocation/{0}/report/"),
    "city4201": ("/", "/review/{0}/", "/review/{0}/confirm/", "/allocation/{0}/agreements/",
                 "/accounts/subordinates/", "/audit/"),
    "sub4201": ("/", "/review/{0}/"),
    "province42": ("/", "/review/{0}/", "/review/{0}/confirm/", "/allocation/{0}/agreements/", "/accounts/issue/",
                   "/distribution/distributors/", "/distribution/areas/"),
    "alliance": ("/", "/projects/{0}/", "/review/{0}/", "/allocation/{0}/supply/", "/allocation/{0}/agreements/"),
    "maker1": ("/", "/projects/", "/allocation/{0}/agreements/", "/distribution/relations/",
               "/distribution/relations/choose/", "/distribution/relations/coverage/"),
    "distributor1": ("/", "/projects/", "/distribution/areas/", "/distribution/relations/", "/distribution/chains/"),
    "admin": ("/admin/",),
}  # fmt: skip


@pytest.mark.parametrize(
    ("username", "path"), [(name, path) for name, paths in PAGES.items() for path in paths]
)
def test_pages_stand_on_the_demo(username, path, client_of):
    client = client_of(User.objects.get(username=username))

    assert client.get(path.format("DEMO-FL")).status_code == 200


def test_two_provinces_have_distributors_in_several_states():
    found = {
        province: {
            row.enterprise.name: (row.user.username, row.user.is_active) if row.user else None
            for row in DistributorAccount.objects.filter(province__code=province).select_related(
                "enterprise", "user"
            )
        }
        for province in ("42", "14")
    }

    assert found["42"] == {
        "楚天医药配送有限公司": ("distributor1", True),
        "三峡医药物流有限公司": ("distributor2", True),
        "荆楚通达医药有限公司": ("P42HB0003", True),
        "襄汉医药物流有限公司": ("P420001", False),
        "车城医药配送有限公司": None,
        "西塞山医药有限公司": None,
    }
    assert found["14"] == {
        "三晋医药配送有限公司": ("P140001", True),
        "云中医药物流有限公司": None,
        "楚天医药配送有限公司": None,
    }
    assert DeliveryArea.objects.filter(account__user__username="distributor1").count() == 9


def test_a_concluded_round_shows_choices_and_agreements_half_signed(client_of):
    hospital = User.objects.get(username="hospital1")
    agreements = Agreement.objects.filter(project__code="DEMO-PS").select_related("carrier")
    agreement = agreements.get(carrier__name="楚天医药配送有限公司")

    assert {each.code for each in agreements} == {"DEMO-PS-XY000001", "DEMO-PS-XY000002"}
    assert agreement.status == "drawn"
    assert agreements.get(carrier__name="三峡医药物流有限公司").status == "signed"
    page = client_of(hospital).get("/distribution/choices/?project=DEMO-PS").content.decode()
    assert "楚天医药配送有限公司（武汉市）" in page
    assert "三峡医药物流有限公司（武汉市）" in page
    assert agreement.code in page


def test_relations_stand_in_every_state_and_distributor1_has_something_to_answer():
    rows = DeliveryRelation.objects.filter(project__code="DEMO-FL")
    to_answer = rows.filter(distributor__user__username="distributor1", status=Status.SUBMITTED)

    assert set(rows.values_list("status", flat=True)) == set(Status)
    assert set(rows.values_list("product__enterprise__name", flat=True)) == {
        "江城制药股份有限公司",
        "滨海天合药业集团股份有限公司",
    }
    assert to_answer.count() == 4
    assert [str(row.carrier) for row in rows.to_replace()] == ["襄汉医药物流有限公司"]
    assert ChainLink.objects.in_force().count() == 1
