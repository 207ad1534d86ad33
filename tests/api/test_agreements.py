"""What was agreed, who delivers it, and its papers, by programs of all three."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.audit.models import LogEntry
from apps.distribution.models import AgreementStatus
from apps.scope.context import whole_country
from tests import factories_agreements as make
from tests.factories_relations import user_of
from tests.review.pdf_files import pdf

pytestmark = pytest.mark.django_db
VOLUMES = "projects/FL-AG/agreed-volumes"


@pytest.fixture
def deal(tree, manufacturer_agent, alliance_officer, hospital_clerk):
    """A concluded allocation; the hospital has drawn an agreement of two products with the first distributor."""
    deal = make.deal(tree, manufacturer_agent, alliance_officer, hospital_clerk)
    deal.choose(A=deal.relation("A"), B=deal.relation("B"))
    deal.draw()
    return deal


def test_agreed_volumes_are_ones_own(deal, program_of, neighbour_clerk):
    own = program_of(deal.clerk).ask(VOLUMES)["items"]
    assert sorted(row["quantity"] for row in own) == sorted(make.QUANTITIES.values())
    assert {row["unit_name"] for row in own} == {"武昌区人民医院"}

    sold = program_of(deal.trade.maker, name="ERP").ask(VOLUMES)["items"]
    assert sorted(row["quantity"] for row in sold) == [1_080, 7_776]
    assert program_of(neighbour_clerk).get(f"/api/v1/{VOLUMES}").status_code == 404


def test_a_manufacturer_reads_provinces_until_the_round_is_concluded(
    tree, manufacturer_agent, alliance_officer, hospital_clerk, program_of
):
    make.deal(tree, manufacturer_agent, alliance_officer, hospital_clerk, conclude=False)

    assert program_of(manufacturer_agent).ask(VOLUMES)["items"] == []  # no province has submitted
    assert len(program_of(hospital_clerk).ask(VOLUMES)["items"]) == 3


def test_who_delivers(deal, program_of):
    told = program_of(deal.clerk).ask("deliverers")["items"]

    carrier = deal.trade.carriers[0].enterprise.name
    assert sorted(row["deliverers"] for row in told) == [[], [carrier], [carrier]]


def test_an_agreement_is_read_signed_and_seen_by_all_three(deal, program_of):
    clerk = program_of(deal.clerk)
    (listed,) = clerk.ask("agreements", project="FL-AG", status="drawn")["items"]
    detail = clerk.ask(f"agreements/{listed['id']}")
    assert (listed["products"], listed["amount"]) == (2, "8272.80")
    assert [line["quantity"] for line in detail["lines"]] == [7_776, 1_080]
    assert clerk.get(f"/api/v1/agreements/{listed['id']}/pdf").getvalue().startswith(b"%PDF")
    assert clerk.ask("agreements", updated_since="2100-01-01T00:00:00Z")["items"] == []
    assert len(clerk.ask("agreements", updated_since="2000-01-01T00:00:00Z")["items"]) == 1

    file = SimpleUploadedFile("协议.pdf", pdf(1), content_type="application/pdf")
    signed = clerk.post(f"/api/v1/agreements/{listed['id']}/sign", {"document": file})

    assert (signed.status_code, signed.json()["status"]) == (200, AgreementStatus.SIGNED)
    for person in (deal.trade.maker, user_of(deal.trade.carriers[0].pk)):
        program = program_of(person)
        assert [row["status"] for row in program.ask("agreements")["items"]] == ["signed"]
        refused = program.send(f"agreements/{listed['id']}/void", {"reason": "不做"})
        assert refused.status_code == 403
    assert program_of(user_of(deal.trade.carriers[1].pk)).ask("agreements")["items"] == []


def test_an_agreement_is_void_with_its_reason(deal, program_of):
    clerk = program_of(deal.clerk)
    (listed,) = clerk.ask("agreements")["items"]

    void = clerk.send(f"agreements/{listed['id']}/void", {"reason": "更换配送企业"})

    assert (void.json()["status"], void.json()["reason"]) == (AgreementStatus.VOID, "更换配送企业")
    again = clerk.send(f"agreements/{listed['id']}/void", {"reason": "再次"})
    assert again.status_code == 409
    with whole_country(reason="test"):
        assert LogEntry.objects.latest("pk").actor_name.endswith("（接口令牌：HIS）")
