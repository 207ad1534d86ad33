"""One number, one code, one paper: whatever is renamed after an agreement was drawn."""

import importlib
import io
from dataclasses import replace

import pypdf
import pytest
from django.db import connection

from apps.distribution.models import Agreement, AgreementClauses, DistributorAccount
from apps.distribution.models.wording import Wording, read
from apps.organizations.models import Enterprise, Organization
from apps.scope.context import whole_country
from tests import factories_agreements as make
from tests.running import as_owner

RENAMED = "改名以后的单位"


@pytest.fixture
def agreement(tree, manufacturer_agent, alliance_officer, hospital_clerk):
    deal = make.deal(tree, manufacturer_agent, alliance_officer, hospital_clerk)
    deal.choose(A=deal.relation("A"))
    return deal.draw()[0]


@pytest.fixture
def address(agreement):
    return f"/distribution/agreements/{agreement.pk}/"


def text_of(response):
    return "".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(response.getvalue())).pages)


def test_a_paper_stays_that_of_the_day_it_was_drawn(client_of, hospital_clerk, agreement, address):
    client = client_of(hospital_clerk)
    before = client.get(f"{address}pdf/")

    with whole_country(reason="test"):
        Organization.objects.filter(pk=agreement.institution_id).update(name=RENAMED)
        parties = [agreement.manufacturer_id, agreement.carrier_id]
        for pk in parties:
            Enterprise.objects.filter(pk=pk).update(name=f"{RENAMED}{pk}")
        AgreementClauses.objects.create(project=agreement.project, version=9, period=RENAMED)
    after = client.get(f"{address}pdf/")

    assert text_of(before) == text_of(after)
    assert before["Content-Disposition"] == after["Content-Disposition"]
    page = client.get(address).content.decode()
    assert page.count(f"现名“{RENAMED}") == 3
    assert agreement.said.institution.name in page


def test_the_paper_says_where_the_parties_are(
    tree, manufacturer_agent, alliance_officer, hospital_clerk, client_of
):
    deal = make.deal(tree, manufacturer_agent, alliance_officer, hospital_clerk)
    relation = deal.relation("A")
    with whole_country(reason="test"):
        Organization.objects.filter(pk=hospital_clerk.organization_id).update(address="甲路 1 号")
        Enterprise.objects.filter(pk=relation.manufacturer_id).update(address="乙路 2 号")
        DistributorAccount.objects.filter(pk=relation.distributor_id).update(address="丙路 3 号")
        hospital_clerk.organization.refresh_from_db()
    deal.choose(A=relation)
    agreement = deal.draw()[0]
    with whole_country(reason="test"):
        Organization.objects.filter(pk=hospital_clerk.organization_id).update(address="新路 9 号")

    said = text_of(client_of(hospital_clerk).get(f"/distribution/agreements/{agreement.pk}/pdf/"))

    for line in ("甲方地址：甲路 1 号", "乙方地址：乙路 2 号", "丙方地址：丙路 3 号"):
        assert line in said


def test_nobody_writes_another_paper_under_the_same_number(agreement, db):
    with whole_country(reason="test"), pytest.raises(Exception, match="Cannot update rows"):
        Agreement.objects.filter(pk=agreement.pk).update(wording={})


def changed(said: Wording) -> list[Wording]:
    product = said.products[0]
    return [
        replace(said, project="另一个项目"),
        replace(said, is_medicine=False),
        replace(said, institution=replace(said.institution, name=RENAMED)),
        replace(said, manufacturer=replace(said.manufacturer, code="X")),
        replace(said, carrier=replace(said.carrier, name=RENAMED)),
        replace(said, clauses=said.clauses | {"breach": "没有"}),
        replace(said, products=(replace(product, price="0.01"),)),
        replace(said, products=(replace(product, specification="1g"),)),
        replace(said, products=(replace(product, quantity=1),)),
        replace(said, products=(replace(product, packs="1 盒"),)),
        replace(said, carrier=replace(said.carrier, contact=RENAMED)),
        replace(said, institution=replace(said.institution, address=RENAMED)),
        replace(said, products=()),
    ]


def test_the_digest_names_every_word(agreement):
    said = agreement.said

    codes = {other.check_code(agreement.code) for other in changed(said)}

    assert read(said.as_json()) == said
    assert said.check_code(agreement.code) == agreement.check_code
    assert len(codes | {agreement.check_code, said.check_code("X-1")}) == len(changed(said)) + 2


LATE = {"packs", "contact", "address"}


def without_late(kept):
    """The words as agreements had them before packs and contacts stood on the paper."""
    if isinstance(kept, dict):
        return {key: without_late(value) for key, value in kept.items() if key not in LATE}
    return [without_late(each) for each in kept] if isinstance(kept, list) else kept


def test_agreements_drawn_before_are_given_the_words_that_they_had(agreement):
    migration = importlib.import_module("apps.distribution.migrations.0007_agreement_wording")
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # past what never changes
        cursor.execute(migration.FILL)
        assert cursor.rowcount == 1
        cursor.execute("SET LOCAL session_replication_role = origin")
    with whole_country(reason="test"):
        filled = Agreement.objects.get().wording
    assert filled == without_late(agreement.wording)


def test_a_paper_of_before_keeps_its_digest(agreement):
    """It has neither packs nor contacts; what is kept of it comes to the same digest."""
    before = without_late(agreement.wording)

    assert read(before).as_json() == before
    assert read(before).check_code("X") != agreement.said.check_code("X")
