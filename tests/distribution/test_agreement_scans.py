"""The signed scan of an agreement: its pages are read, and another agreement's paper is not taken for it."""

import importlib
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from apps.distribution.domain.agreements.check_codes import facts_of
from apps.distribution.files.agreement_papers import write_agreement
from apps.distribution.models import AgreementScan
from apps.scope.context import whole_country
from tests import factories_agreements as make
from tests.pages import tags, words_of
from tests.review.scanning import keyworded, of_pages, scanned, with_qr

pytestmark = pytest.mark.django_db
ANOTHER = "是另一份协议（或旧数据）的打印件"


@pytest.fixture
def drawn(tree, manufacturer_agent, alliance_officer, hospital_clerk):
    """Two agreements: A by the first distributor, B by the second."""
    deal = make.deal(tree, manufacturer_agent, alliance_officer, hospital_clerk)
    deal.choose(A=deal.relation("A"), B=deal.relation("B", carrier=1))
    return deal.draw()


@pytest.fixture
def clerk(client_of, hospital_clerk):
    return client_of(hospital_clerk)


def paper(agreement) -> bytes:
    file = io.BytesIO()
    with whole_country(reason="test"):
        write_agreement(file, agreement)
    return file.getvalue()


def sign(client, agreement, content) -> str:
    address = f"/distribution/agreements/{agreement.pk}/sign/"
    document = SimpleUploadedFile("扫描.pdf", content)
    return client.post(address, {"document": document}, follow=True).content.decode()


def test_the_scan_of_its_own_paper_agrees_for_every_party(
    clerk, drawn, client_of, city_reviewer, manufacturer_agent
):
    sign(clerk, drawn[0], scanned(paper(drawn[0])))

    for client in (clerk, client_of(city_reviewer), client_of(manufacturer_agent)):
        html = client.get(f"/distribution/agreements/{drawn[0].pk}/").content.decode()
        assert "校验码一致" in words_of(html, "span")
        (listed,) = tags(html, "ul", class_="page-codes")
        assert listed.words == "第 1 页 一致"


def test_another_agreement_s_scan_is_refused(clerk, drawn):
    one, other = (paper(agreement) for agreement in drawn)

    assert ANOTHER in sign(clerk, drawn[0], scanned(other))
    assert ANOTHER in sign(clerk, drawn[0], scanned(of_pages((one, 0), (other, 0))))
    with whole_country(reason="test"):
        assert not AgreementScan.objects.exists()


def test_the_file_s_properties_alone_say_nothing(clerk, drawn):
    code = facts_of(drawn[0]).code

    unread = scanned(with_qr("https://elsewhere.example/q/1"))
    html = sign(clerk, drawn[0], keyworded(unread, f"fenliang:{code}"))

    assert "校验码读不到，请对照纸面" in words_of(html, "span")


def test_an_old_paper_is_told_as_such(clerk, drawn):
    old = with_qr(f"FENLIANG|{drawn[0].code}|{drawn[0].check_code}")
    assert ANOTHER in sign(clerk, drawn[0], scanned(old, dpi=200))

    migration = importlib.import_module("apps.distribution.migrations.0010_old_codes_of_agreements")
    with connection.cursor() as cursor:
        cursor.execute(migration.FILL)
    html = sign(clerk, drawn[0], scanned(old, dpi=200))

    assert "校验码一致（旧码）" in words_of(html, "span")
