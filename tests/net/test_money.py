"""Money is rounded once: wherever rows and a total of money are shown, the total is the sum of the rows, to the fen."""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from html import unescape

import pypdf
import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Role
from apps.allocation.models import AllocationRow, SupplyTotal
from apps.projects.domain.money import amount
from apps.reporting.domain.rollup import Dimension
from apps.reporting.models import DemandLine
from apps.review.domain.performing import perform
from apps.review.models.statuses import Action
from apps.scope.context import whole_country
from tests import factories
from tests import factories_agreements as agreements
from tests import factories_relations as relations
from tests.exported import opened_export
from tests.net import money_world
from tests.net.money_world import World

Pair = tuple[list[Decimal], Decimal]
MONEY = re.compile(r"¥ ([\d,]+\.\d\d)")
ROWS = "per_page=100"
CONTRACT, ESTIMATE = "合同金额", "估算金额"


@pytest.fixture(scope="module")
def lasting(django_db_setup, django_db_blocker):
    """Built once; it goes with the module's last test."""
    with django_db_blocker.unblock(), transaction.atomic():
        tree = factories.build_tree()
        maker = factories.enterprise_account(
            factories.EnterpriseFactory(name="江城制药有限公司"), Role.MANUFACTURER, tree["0"]
        )
        yield money_world.build(tree, factories.account_of(tree["0"]), maker)
        transaction.set_rollback(True)


@pytest.fixture
def look(lasting, db):
    return Look(lasting)


@dataclass
class Look:
    """Pages and workbooks of the world as somebody reads them."""

    world: World

    def client(self, who: str) -> Client:
        client = Client()
        client.force_login(self.world.people[who])
        return client

    def content(self, who: str, address: str) -> bytes:
        response = self.client(who).get(address, follow=True)
        assert response.status_code == 200, address
        return b"".join(response) if response.streaming else response.content

    def page(self, who: str, address: str) -> str:
        page = self.content(who, address).decode()
        return page[page.index("<main") :]

    def book(self, who: str, address: str, heading: str) -> list[Decimal]:
        """The amounts in the columns of a sheet whose titles have this heading."""
        rows = opened_export(io.BytesIO(self.content(who, address))).worksheets[0].values
        titles = next(row for row in rows if any(heading in str(title) for title in row))
        at = [n for n, title in enumerate(titles) if heading in str(title)]
        return [exact(line[n]) for line in rows for n in at if line[n] not in (None, "")]

    def filing(self, who: str, project: str) -> str:
        """The address at which the tier above reads a unit's filing."""
        unit = self.world.people[who].organization
        own = self.world.project if project == "FL" else self.world.demand
        return f"/review/{project}/filings/{self.world.filing(unit, own).pk}/"


def exact(value: object) -> Decimal:
    """Of a text as shown, or of a number in a workbook."""
    return Decimal(re.sub(r"[^\d.]", "", str(value))).quantize(Decimal("0.01"))


def column(page: str, heading: str) -> list[Decimal]:
    """The amounts below the first heading of a table that says so."""
    for table in re.findall(r"<table.*?</table>", page, flags=re.DOTALL):
        head, _, body = table.partition("</thead>")
        titles = [words(each) for each in cells(head)]
        at = next((n for n, each in enumerate(titles) if heading in each), None)
        if at is not None:
            rows = [cells(row) for row in re.findall(r"<tr.*?</tr>", body, flags=re.DOTALL)]
            found = [words(row[at]) for row in rows if len(row) == len(titles)]
            return [exact(each) for each in found if re.search(r"\d", each)]
    raise AssertionError(f"no column {heading}")


def cells(html: str) -> list[str]:
    return re.findall(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", html, flags=re.DOTALL)


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def total(page: str, label: str, *, last: bool = False) -> Decimal:
    """The first sum of money after these words."""
    text = words(page)
    found = MONEY.search(text, text.rindex(label) if last else text.index(label))
    assert found, label
    return exact(found[1])


def report_pages(look: Look) -> Iterator[Pair]:
    """分配采购量确认上报, reported and at work, with its workbook."""
    for who in ("hospital", "busy"):
        page = look.page(who, f"/allocation/FL/report/?{ROWS}")
        due = total(page, CONTRACT, last=True)
        yield column(page, CONTRACT), due
        yield look.book(who, "/allocation/FL/report/export/", CONTRACT), due
        if who == "hospital":
            yield [total(look.page("county", look.filing(who, "FL")), CONTRACT)], due


def agreement_lists(look: Look) -> Iterator[Pair]:
    """中选企业协议量明细 of every tier, filtered or not, with its workbook."""
    for who in ("hospital", "county", "city", "province", "alliance"):
        for query in ("", "variety=胶囊A"):
            page = look.page(who, f"/allocation/FL/agreements/?{ROWS}&{query}")
            due = total(page, "合同金额合计")
            yield column(page, CONTRACT), due
            yield look.book(who, f"/allocation/FL/agreements/export/?{query}", CONTRACT), due


def filings_read_from_above(look: Look) -> Iterator[Pair]:
    """An institution's lines, a bureau's products, and the figure at the head of each."""
    for who, reader in (("hospital", "county"), ("county", "city"), ("city", "province")):
        page = look.page(reader, look.filing(who, "FL"))
        yield column(page, CONTRACT), total(page, CONTRACT)


def review_lists(look: Look) -> Iterator[Pair]:
    """The units below, what they come to as a package, and the workbook of the list."""
    for project, label in (("FL", CONTRACT), ("BL", ESTIMATE)):
        for who, reader in (("county", "city"), ("city", "province")):
            due = total(look.page(reader, look.filing(who, project)), label)
            yield column(look.page(who, f"/review/{project}/?{ROWS}"), label), due
            yield look.book(who, f"/review/{project}/export/", label), due


def packages_to_be_submitted(look: Look) -> Iterator[Pair]:
    """提交 says what it submits: what the list of the province shows as approved."""
    for project, label in (("FL", CONTRACT), ("BL", ESTIMATE)):
        listed = column(look.page("province", f"/review/{project}/?{ROWS}&status=approved"), label)
        yield listed, total(look.page("province", f"/review/{project}/confirm/"), label)


def slot_pages(look: Look) -> Iterator[Pair]:
    """The products of one slot, as they stand in the inputs."""
    with whole_country(reason="test"):
        unit = look.world.people["busy"].organization
        row = AllocationRow.objects.get(
            project=look.world.project, organization=unit, item__item_code="U"
        )
    page = look.page("busy", reverse("allocation:slot_edit", args=["FL", row.pk, "other"]))
    yield column(page, CONTRACT), total(page, CONTRACT, last=True)


def demand_packages(look: Look) -> Iterator[Pair]:
    """A bureau's filing lists the units below it with their estimates."""
    for who, reader in (("county", "city"), ("city", "province"), ("province", "alliance")):
        page = look.page(reader, look.filing(who, "BL"))
        yield column(page, ESTIMATE), total(page, ESTIMATE)


def demand_sheets(look: Look) -> Iterator[Pair]:
    """采购需求维护 shows the estimate of all lines; so does who reads the report."""
    for who in ("hospital", "busy"):
        unit = look.world.people[who].organization
        page = look.page(who, "/demand/BL/entry/")
        yield [lines_of_demand(look, [unit])], total(page, ESTIMATE)
    page = look.page("county", look.filing("hospital", "BL"))
    yield (
        [lines_of_demand(look, [look.world.people["hospital"].organization])],
        total(page, ESTIMATE),
    )


def pivots(look: Look) -> Iterator[Pair]:
    """多维度查看: rows, columns and the whole, on the page and in the workbook."""
    due = lines_of_demand(look, look.world.units[:-1])
    for rows in Dimension:
        query = f"rows={rows}&measures=amount&{ROWS}"
        for found in (
            column(look.page("alliance", f"/analysis/BL/?{query}"), "金额"),
            look.book("alliance", f"/analysis/BL/export/?{query}", "金额"),
        ):
            yield found[:-1], found[-1]
            if rows != Dimension.STATUS:  # which counts drafts as well
                yield found[-1:], due


def institutions_of_a_figure(look: Look) -> Iterator[Pair]:
    """The institutions that make a figure, on the page and in the workbook."""
    for query in ("", "&item=P0001&item=P0003"):
        page = look.page("alliance", f"/analysis/BL/?rows=province&measures=amount{query}")
        due = column(page, "金额")[-1]
        leaves = f"/analysis/BL/institutions/?measures=amount&{ROWS}{query}"
        yield column(look.page("alliance", leaves), "金额"), due
        yield look.book("alliance", leaves.replace("/?", "/export/?"), "金额"), due


CASES: list[Callable[[Look], Iterator[Pair]]] = [
    report_pages,
    agreement_lists,
    filings_read_from_above,
    review_lists,
    packages_to_be_submitted,
    slot_pages,
    demand_packages,
    demand_sheets,
    pivots,
    institutions_of_a_figure,
]


def lines_of_demand(look: Look, units: list) -> Decimal:
    """What units want, each line rounded."""
    with whole_country(reason="test"):
        lines = DemandLine.objects.filter(
            filing__project=look.world.demand,
            filing__organization__in=units,
            item__reference_price__isnull=False,
        )
        terms = lines.values_list("item__reference_price", "item__pack_quantity", "planned")
        return sum((amount(*each) for each in terms), Decimal(0))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_a_total_is_the_sum_of_the_rows(look, case):
    pairs = list(case(look))

    assert [sum(rows) for rows, _due in pairs] == [due for _rows, due in pairs]
    assert all(rows and due for rows, due in pairs)


def test_lines_of_a_product_make_its_agreement(look):
    for who in ("hospital", "busy"):
        content = look.content(who, "/allocation/FL/report/export/")
        titles, *lines = (
            opened_export(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
        )
        records = [dict(zip(titles, line, strict=True)) for line in lines]
        for code, (_usage, pack, price, _cut) in money_world.TERMS.items():
            own = [each for each in records if each["品规编号"] == code]
            shown = [exact(each["合同金额（元）"]) for each in own]
            assert len(own) > 2
            assert sum(shown) == amount(Decimal(price), pack, sum(each["合同量"] for each in own))


def test_an_enterprise_reads_the_same_by_province_and_by_institution(look):
    own = look.world.filing(look.world.people["province"].organization)
    with whole_country(reason="test"):
        by = Actor.of(look.world.people["province"])
        perform([own], Action.SUBMIT, by=by, confirmed=True)
    pages = [look.page("maker", "/allocation/FL/agreements/")]
    agreements.concluded(look.world.project)
    pages.append(look.page("maker", f"/allocation/FL/agreements/?{ROWS}"))

    sums = [total(page, "合同金额合计") for page in pages]
    assert [sum(column(page, CONTRACT)) for page in pages] == sums
    assert sums[0] == sums[1] > 0


def test_papers_say_what_was_agreed(look):
    world = look.world
    agreements.concluded(world.project)
    maker, clerk = world.people["maker"], world.people["hospital"]
    carrier = relations.distributor(world.people["province"].organization, "楚天医药配送有限公司")
    own = [world.products[code] for code in "AB"]
    trade = relations.Trade(maker, own, [carrier])
    deal = agreements.Deal(world.project, world.products, trade, clerk)
    deal.choose(A=deal.relation("A"), B=deal.relation("B"))
    (paper,) = deal.draw()

    detail = look.page("hospital", f"/distribution/agreements/{paper.pk}/")
    lines = column(detail, "金额（元）")
    agreed = column(look.page("hospital", "/allocation/FL/agreements/?enterprise=江城"), CONTRACT)
    assert sorted(lines) == sorted(agreed)
    assert sum(lines) == total(detail, "金额")
    assert column(look.page("hospital", "/distribution/agreements/"), "金额") == [sum(lines)]
    exported = look.book("hospital", "/distribution/agreements/export/", "金额（元）")
    assert sorted(exported) == sorted(lines)
    pdf = look.content("hospital", f"/distribution/agreements/{paper.pk}/pdf/")
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    assert all(f"{each:,}" in text for each in [*lines, sum(lines)])


def test_both_commands_agree(look, capsys):
    call_command("verify_capacity", project="FL")
    call_command("verify_totals", project="BL")

    with whole_country(reason="test"):
        assert SupplyTotal.objects.filter(filing__project=look.world.project).count() > 10
