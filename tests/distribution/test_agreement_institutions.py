"""协议签署进度 down to the institution: what is open there agrees with its own page; 催报, phones and Excel of it."""

import io

import pypdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.domain.scopes import scope_of
from apps.distribution.domain.agreements.listing import agreed_products, standings
from apps.distribution.domain.agreements.progress import Institutions, Step, progress_of, summed
from apps.distribution.models import Agreement
from apps.distribution.models.relation_statuses import Action
from apps.notices.models import Message, MessageKind
from apps.scope.context import enter, whole_country
from tests import factories_agreements as make
from tests import factories_relations as relations
from tests.exported import opened_export
from tests.pages import all_of

pytestmark = pytest.mark.django_db
LIST, REMIND = "distribution:agreement_unit_list", "distribution:agreement_remind"
PROJECT = {"project": "FL-AG"}


@pytest.fixture
def deal(tree, manufacturer_agent, alliance_officer, hospital_clerk):
    """A chosen, B can be chosen, C is nobody's."""
    deal = make.deal(tree, manufacturer_agent, alliance_officer, hospital_clerk)
    deal.relation("B", carrier=1)
    deal.choose(A=deal.relation("A"))
    return deal


def open_at(deal, top="/0/"):
    """未选择, 未生成, 未签署, 受影响 of everybody at or below a place."""
    with whole_country(reason="test"):
        total = summed(progress_of(deal.project, top))
        found = list(Institutions(deal.project, top))
        by_step = {
            step: sum(
                getattr(each, step.value) for each in Institutions(deal.project, top, step=step)
            )
            for step in Step
        }
    numbers = tuple(getattr(total, step.value) for step in Step)
    assert numbers == tuple(by_step.values())
    assert [each.filing.organization.name for each in found] == ["武昌区人民医院"]
    assert numbers == own_page(deal)
    return numbers


def own_page(deal):
    """The same, as the institution's own page shows its rows."""
    with enter(scope_of(deal.clerk)):
        totals = list(agreed_products(deal.clerk, deal.project))
        rows = standings(deal.clerk.organization.path, totals).values()
    chosen = [each for each in rows if each.choice is not None and not each.must_choose_again]
    return (
        sum(bool(e.options) and e.line is None and e not in chosen for e in rows),
        sum(each.line is None for each in chosen),
        sum(each.is_drawn and each.line.agreement.status == "drawn" for each in rows),
        sum(each.line is not None and not each.is_drawn for each in rows),
    )


def test_every_step_is_counted_as_the_institution_sees_it(deal):
    assert open_at(deal) == (1, 1, 0, 0)
    deal.draw()
    assert open_at(deal) == (1, 0, 1, 0)
    with whole_country(reason="test"):
        relation = Agreement.objects.get().lines.select_related("relation").get().relation
    deal.trade.by_maker(Action.VOID, relation, reason="停产")
    assert open_at(deal) == (1, 0, 0, 1)
    assert open_at(deal, relations.WUCHANG) == (1, 0, 0, 1)


def test_the_tiers_go_down_to_the_institution(deal, client_of, alliance_officer, county_reviewer):
    url = reverse("distribution:agreement_progress_list")
    client = client_of(alliance_officer)
    assert "?project=FL-AG&amp;at=42" in client.get(url, PROJECT).content.decode()
    province = client.get(url, {**PROJECT, "at": "42"}).content.decode()
    assert "武汉市医疗保障局" in province
    units = client.get(reverse(LIST), {**PROJECT, "at": "420106", "step": "to_draw"})
    assert "武昌区人民医院" in units.content.decode()
    none = client.get(reverse(LIST), {**PROJECT, "step": "to_sign"}).content.decode()
    assert "没有符合条件的记录" in none
    county = client_of(county_reviewer)
    assert county.get(reverse(LIST), {**PROJECT, "at": "420200"}).status_code == 404
    assert county.get(url, {**PROJECT, "at": "H42010600001"}).status_code == 404
    found = county.get(reverse(LIST), {**PROJECT, "name": "wc rm"}).content.decode()
    assert "武昌区人民医院" in found
    assert (
        "没有符合条件的记录"
        in county.get(reverse(LIST), {**PROJECT, "name": "小店"}).content.decode()
    )


def test_a_page_costs_the_same_for_each_filter(deal, client_of, county_reviewer):
    client = client_of(county_reviewer)

    def cost(**asked):
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(LIST), {**PROJECT, **asked})
        return len(queries)

    cost()  # what is read once
    assert {cost(step=step.value) for step in (Step.CHOOSE, Step.DRAW)} == {cost()}


def test_those_with_something_open_are_reminded_once(deal, client_of, city_reviewer):
    client, url = client_of(city_reviewer), f"{reverse(LIST)}?project=FL-AG"
    act = f"{reverse(REMIND)}?project=FL-AG"
    assert "请先勾选" in client.post(act, follow=True).content.decode()

    done = client.post(act, {**all_of(client, url), "words": "本周内办完。"}, follow=True)
    assert "已催报 1 家。" in done.content.decode()
    again = client.post(act, all_of(client, url), follow=True).content.decode()
    assert "小时内已催报过" in again
    with whole_country(reason="test"):
        letter = Message.objects.get(kind=MessageKind.REMINDER)
    assert letter.path == deal.clerk.organization.path
    assert "未选择 1 个、未生成 1 个" in letter.body
    assert letter.body.endswith("本周内办完。")


def test_all_are_those_that_were_counted(deal, client_of, city_reviewer):
    client, url = client_of(city_reviewer), f"{reverse(LIST)}?project=FL-AG&step=to_draw"
    seen = all_of(client, url)
    deal.draw()
    answer = client.post(f"{reverse(REMIND)}?project=FL-AG&step=to_draw", seen, follow=True)
    assert "符合条件的记录由 1 条变为 0 条" in answer.content.decode()


def test_phones_and_excel_say_what_the_page_says(deal, client_of, city_reviewer):
    client = client_of(city_reviewer)
    asked = {**PROJECT, "step": "to_choose"}
    paper = client.get(reverse("distribution:agreement_phones"), asked)
    text = pypdf.PdfReader(io.BytesIO(b"".join(paper))).pages[0].extract_text()
    assert "武昌区人民医院" in text
    assert "未选择1个、未生成1个" in "".join(text.split())
    response = client.get(reverse("distribution:agreement_unit_export"), asked)
    book = opened_export(io.BytesIO(response.getvalue()))
    titles, row = list(book["医疗机构"].iter_rows(values_only=True))[:2]
    told = dict(zip(titles, row, strict=True))
    assert [told[step.label] for step in Step] == [1, 1, 0, 0]
