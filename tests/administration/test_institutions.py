"""地市医疗机构管理: passwords and the sheet that an institution handed in (S3-06, S3-07)."""

import pytest
from django.utils import timezone

from apps.projects.models import Attachment
from apps.review.models import Filing, FilingAttachment
from apps.review.statuses import Status
from apps.scope.context import whole_country
from tests.factories_review import put
from tests.pages import tags, words_of
from tests.review.planting import filing_of, planted, register_paper

URL = "/organizations/institutions/"


@pytest.fixture
def uploaded(tree, hospital_clerk) -> Filing:
    """A filing with its signed sheet, not reported yet."""
    register_paper()
    with whole_country(reason="test"):
        project = planted([tree["H42010600001"]], attachment=Attachment.SUMMARY)
        filing = filing_of(project, hospital_clerk)
        FilingAttachment.objects.create(
            filing=filing,
            path=filing.path,
            file="filings/ab/sheet.pdf",
            name="需求量汇总表.pdf",
            size=1_000,
            pages=1,
            data_hash="0" * 64,
            uploaded_at=timezone.now(),
            uploaded_by_name="王医办",
        )
    return filing


@pytest.mark.covers("S3-06", "S3-07")
def test_the_city_resets_passwords_and_opens_the_sheet(
    client_of, city_reviewer, hospital_clerk, uploaded
):
    client = client_of(city_reviewer)
    before = client.get(URL).content.decode()
    put(Status.SUBMITTED, uploaded)

    page = client.get(URL).content.decode()

    assert "地市医疗机构管理" in words_of(page, "h1")
    assert "武昌区人民医院" in page
    assert "武汉市第一医院" in page
    assert "黄石港区人民医院" not in page
    assert f"/accounts/subordinates/{hospital_clerk.pk}/reset/" in page
    (link,) = tags(page, "a", href=f"/review/PAPER/filings/{uploaded.pk}/attachment/")
    assert link.words == "查看需求汇总表"
    assert "查看需求汇总表" not in before


def test_the_rail_of_demand_leads_there(client_of, city_reviewer):
    page = client_of(city_reviewer).get(URL).content.decode()

    (link,) = tags(page, "a", href=URL, class_="rail-link")
    assert (link.words, link["aria-current"]) == ("地市医疗机构管理", "page")
