"""A Hubei in which every list has `size` rows, or 50 times as many: what the query budgets compare."""

from django.db import connection
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.administrators import Candidate, ask_administrator
from apps.accounts.models import User
from apps.administration.models import UnitChange
from apps.allocation.domain.confirming import confirm_pending, confirm_selected
from apps.allocation.domain.slots.candidates import candidates_of
from apps.allocation.domain.slots.saving import save_slot
from apps.allocation.models import AllocationRow, ProductStop, Slot, StopAct, StopShare
from apps.audit.models import Seal
from apps.audit.services import record
from apps.distribution.domain.relations.acts import perform as perform_delivery
from apps.distribution.domain.relations.chains import set_link
from apps.distribution.domain.relations.choosing import choose
from apps.distribution.domain.relations.crowding import Proposal
from apps.distribution.models import DeliveryRelation, DistributorAccount
from apps.distribution.models.relation_statuses import Action as DeliveryAction
from apps.jobs.services import cancel, enqueue
from apps.notices.messages import Letter, send_letters
from apps.notices.models import MessageKind, NoticeKind
from apps.notices.services import Content, create_notice
from apps.organizations.models import Organization
from apps.projects.models import (
    CatalogItem,
    Correction,
    OwnCode,
    Phase,
    Project,
    ProvinceSettings,
    ReportingMode,
    WinningProduct,
)
from apps.reporting.models import HistoryDoubt
from apps.review.domain.selecting import freeze_selection
from apps.review.models import Appeal, Filing, WithdrawalRequest
from apps.review.models.statuses import Action
from apps.scope.context import whole_country
from tests import factories
from tests import factories_allocation as make
from tests import factories_demand as demand
from tests import factories_distribution as delivery
from tests.cast import Tree
from tests.factories_projects import ProjectFactory, WinningProductFactory
from tests.factories_relations import winners
from tests.factories_review import filings_of, units_below
from tests.net.agreements_world import many_agreements
from tests.net.hooks_world import hooks
from tests.review.lending import lent
from tests.review.planting import planted, register_paper
from tests.volumes import rounds

FILLING = {
    Slot.LOWEST: {"B": 1_008},
    Slot.HIGHEST: {"A": 4_500},
    Slot.OTHER: {"A": 2_988, "C": 3_000},
}
# A group of its own: its only row to allocate has every product of the group to choose from.
WIDE = {"product_group": "产品组二", "competition_unit": "竞争单元二"}
Known = dict[str, dict[str, object]]


def grow(size: int, tree: Tree, people: dict[str, User]) -> Known:
    """Fill every list with about `size` rows; returns arguments of addresses as `access_world.World.known`."""
    register_paper()
    accounts(size, tree, people)
    written = writings(size, people)
    other_projects(size, tree)
    code = {"code": "FL-BIG"}
    units = [tree["H42010600001"], *units_below(tree["420106"], size)]
    project = big_round(size, units, people)
    row = make.row_of(project, units[0], "WIDE")
    filings = filings_of(project, units)
    with whole_country(reason="test"):
        selection = freeze_selection(project, filings, Action.RETURN, by=Actor.of(people["county"]))
    draft = ProjectFactory(code="FL-DRAFT")
    with whole_country(reason="test"):
        WinningProductFactory.create_batch(size, item__project=draft)
    county = make.filing_of(project, tree["420106"])
    requests(filings, people)
    hook = hooks(size, people["hospital"])
    appeals(size, filings, people)
    corrections(size, project)
    unit_changes(size, units[0], people["county"])
    with whole_country(reason="test"):
        lent(units[1:], people["hospital"], project)
    stop = stops(size, project, filings)
    own_codes(size, project, units[0])
    demand_rounds(size, units, people)
    written |= agreed_round(size, units, people)
    distributors(size, tree, people)
    many_agreements(project, units, people)
    seals(size)
    counted()
    return written | {
        "projects:": code,
        "subscriptions:": {"pk": hook.pk},
        "review:": {**code, "pk": county.pk},
        "review:selection": {**code, "pk": selection.pk},
        "portal:progress": code,
        "allocation:": {**code, "pk": row.pk, "slot": "other"},
        "allocation:designation": {"code": "FL-DRAFT"},
        "allocation:stop_detail": {**code, "pk": stop.pk},
        "reporting:": {"code": "BL-BIG"},
        "analysis:": {"code": "BL-BIG"},
        "reporting:maintenance_": {"code": "BL-KEPT"},
    }


def appeals(size: int, filings: list[Filing], people: dict[str, User]) -> None:
    """So many of one institution, which the county is to answer."""
    now, filing = timezone.now(), filings[0]
    with whole_country(reason="test"):
        Appeal.objects.bulk_create(
            Appeal(
                project_id=filing.project_id, filing=filing, path=filing.path, about="line",
                what="line", key=number, title="品规", said="数量", page="/", act_at=now, text="有误",
                asked_at=now, asked_by=people["hospital"], asked_by_name="王", due_at=now,
                answerer_path=people["county"].path, answerer_name="区县医保",
            )
            for number in range(size)
        )  # fmt: skip


def own_codes(size: int, project: Project, unit: Organization) -> None:
    """So many codes of a unit for one item."""
    with whole_country(reason="test"):
        item = CatalogItem.objects.filter(project=project).earliest("pk")
        OwnCode.objects.bulk_create(
            OwnCode(organization=unit, path=unit.path, code=f"HB{number:03}", item=item)
            for number in range(size)
        )


def corrections(size: int, project: Project) -> None:
    change = {"name": "品规", "label": "规格", "old": "旧", "new": "新"}
    with whole_country(reason="test"):
        Correction.objects.bulk_create(
            Correction(
                project=project, number=number, reason="有误", changes=[change], file_name="据.pdf"
            )
            for number in range(1, size + 1)
        )


def unit_changes(size: int, unit: Organization, officer: User) -> None:
    """So many that were refused."""
    now = timezone.now()
    with whole_country(reason="test"):
        UnitChange.objects.bulk_create(
            UnitChange(
                kind="rename", organization=unit, path=unit.path, name_then=unit.name, office=officer.path,
                effective_on=now.date(), content={"told": [["机构名称", "旧", "新"]]}, reason="批复",
                asked_by=officer, asked_by_name="申请", asked_at=now, outcome="refused", decided_at=now,
            )
            for _number in range(size)
        )  # fmt: skip


def stops(size: int, project: Project, filings: list[Filing]) -> ProductStop:
    """So many acts on record, of which the first moved something in every institution."""
    with whole_country(reason="test"):
        product = WinningProduct.objects.filter(project=project).earliest("pk")
        today = timezone.localdate()
        made = [
            ProductStop.objects.create(
                project=project, number=number, product=product, act=StopAct.SUSPEND, from_date=today,
                reason="停产", file="stop.pdf",
            )
            for number in range(1, size + 1)
        ]  # fmt: skip
        touched: dict[int, list[list[object]]] = {}
        for pk, filing in AllocationRow.objects.filter(project=project).values_list("pk", "filing"):
            touched.setdefault(filing, []).append(
                [pk, "", "", "", 0, 0, 0, 0, None, None, None, None]
            )
        contents = {
            filing.pk: {"rows": touched.get(filing.pk, []), "lines": []} for filing in filings
        }
        StopShare.objects.bulk_create(
            StopShare(
                stop=made[0], filing=filing, path=filing.path, kept=1, contract=0,
                before=contents[filing.pk], after=contents[filing.pk],
            )
            for filing in filings
        )  # fmt: skip
        return made[0]


def counted() -> None:
    """Tell the planner what there is now: between tests it may have seen the tables empty, and one plan then
    takes minutes."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def seals(size: int) -> None:
    """So many seals of the operation log; nobody checks what they are over."""
    now, digest = timezone.now(), "0" * 64
    with whole_country(reason="test"):
        Seal.objects.bulk_create(
            Seal(
                number=number, stream="audit.logentry", after=number - 1, upto=number, count=1, columns="id",
                earliest=now, latest=now, content=digest, at=now, algorithm="sm3", key_id="key", mac=digest,
            )
            for number in range(1, size + 1)
        )  # fmt: skip


def distributors(size: int, tree: Tree, people: dict[str, User]) -> None:
    """So many of Hubei, each with an account and two areas."""
    for number in range(size):
        row = delivery.distributor(tree["42"], f"配送{number}有限公司")
        delivery.issued(row, people["province"], username=f"P421{number:03d}")
        delivery.areas(row, "420106", "420202")
    relations(size, tree, people)


def relations(size: int, tree: Tree, people: dict[str, User]) -> None:
    """So many products of the maker that the carrier has agreed to deliver in 武汉, and so many sub-distributors."""
    carrier = delivery.distributor(tree["42"], enterprise=people["carrier"].enterprise)
    delivery.issued_to(carrier, people["province"], people["carrier"])
    products = winners(people["maker"].enterprise, number=size, code="FL-SENT")
    with whole_country(reason="test"):
        by, wuhan = Actor.of(people["maker"]), tree["420100"].path
        choose(
            [Proposal(product.pk, carrier.pk, wuhan) for product in products], by=by, submit=True
        )
        ids = list(DeliveryRelation.objects.values_list("pk", flat=True))
        perform_delivery(ids, DeliveryAction.AGREE, by=Actor.of(people["carrier"]))
        for lower in DistributorAccount.objects.exclude(pk=carrier.pk):
            set_link(lower.pk, by=Actor.of(people["carrier"]))


def agreed_round(size: int, units: list[Organization], people: dict[str, User]) -> Known:
    """A round with agreed volumes: so many items, each in a competition unit of its own with two winners."""
    officer = people["alliance"]
    codes = [f"V{number:03d}" for number in range(size)]
    reports = {unit: dict.fromkeys(codes, 100) for unit in units}
    own = {code: f"单元{code}" for code in codes}
    chain = ["county", "city", "province"]
    project = rounds.approved_round(reports, officer, units=own, code="BL-AGREED", chain=chain)
    rounds.won(project, *((code, maker, "50", 1) for code in codes for maker in ("甲厂", "乙厂")))
    rounds.published_base(project, officer)
    rounds.published_agreed(project, officer)
    item = demand.items_of(project)[codes[0]]
    return {"volumes:": {"code": project.code, "item": item.pk}}


def demand_rounds(size: int, units: list[Organization], people: dict[str, User]) -> None:
    """An open round and a past one with so many items, all bought and typed by the first unit."""
    for code in ("BL-BIG", "BL-PAST"):
        project = demand.demand_project(units, code=code, items=4 * size, attachment="letter")
        quantities = dict.fromkeys(demand.items_of(project), 2_800)
        demand.bought(project, units[0], quantities)
        demand.published(project, people["alliance"])
        demand.planned(project, units[0], quantities)
    history_of(units, people)
    with whole_country(reason="test"):
        Project.objects.filter(code="BL-PAST").update(phase=Phase.CLOSED, closed_at=timezone.now())


def history_of(units: list[Organization], people: dict[str, User]) -> None:
    """Doubts of the first unit about every item, and a round in which the province fills in for all units."""
    province = people["province"].organization
    with whole_country(reason="test"):
        big = Project.objects.get(code="BL-BIG")
        filing = demand.filing_of(big, units[0])
        HistoryDoubt.objects.bulk_create(
            HistoryDoubt(
                filing=filing,
                item=item,
                path=filing.path,
                year=demand.YEAR,
                claimed=1,
                note="订单",
                raised_by=people["hospital"],
            )
            for item in demand.items_of(big).values()
        )
        kept = demand.demand_project(units, code="BL-KEPT", chain=["province"])
        ProvinceSettings.objects.create(
            project=kept,
            province=province,
            path=province.path,
            chain=["province"],
            mode=ReportingMode.MAINTAINED,
        )
    demand.published(kept, people["alliance"])


def requests(filings: list[Filing], people: dict[str, User]) -> None:
    """Every unit has asked to withdraw; the hospital has a message of each."""
    with whole_country(reason="test"):
        WithdrawalRequest.objects.bulk_create(
            WithdrawalRequest(
                filing=filing,
                reason="填错了",
                asked_at=timezone.now(),
                asked_by=people["hospital"],
                asked_by_name="王医办",
            )
            for filing in filings
        )
        letter = Letter(path=people["hospital"].path, title="催报", body="请尽快上报")
        by = Actor.of(people["county"])
        send_letters([letter] * len(filings), kind=MessageKind.REMINDER, by=by)


def accounts(size: int, tree: Tree, people: dict[str, User]) -> None:
    """Units with and without an account, sub-accounts, winners without one, requests that wait."""
    for unit in units_below(tree["420100"], size):
        factories.account_of(unit)
    units_below(tree["420100"], size)
    project = ProjectFactory(code="FL-WON", kind="allocation")
    with whole_country(reason="test"):
        WinningProductFactory.create_batch(size, item__project=project)
        by = Actor.of(people["security"])
        for number in range(size):
            ask_administrator(by=by, candidate=Candidate("audit_admin", f"audit{number}", "卫"))
    for number in range(size):
        factories.sub_account_of(people["city"], username=f"city-{number:02}")


def writings(size: int, people: dict[str, User]) -> Known:
    """Notices of each kind, jobs, lines of the log."""
    by = Actor.of(people["province"])
    with whole_country(reason="test"):
        for number in range(size):
            for kind in NoticeKind:
                content = Content(kind=kind, title=f"通知{number}", body="正文")
                notice = create_notice(by=by, content=content, publish=True)
            cancel(enqueue("accounts.issue", by=Actor.of(people["city"]), sheet_id=number))
            record(by=by, verb="核对", object="甲", sentence="核对", path=people["city"].path)
    return {"notices:": {"pk": notice.pk}}


def other_projects(size: int, tree: Tree) -> None:
    """Published rounds in which the hospital takes part."""
    with whole_country(reason="test"):
        for number in range(size):
            planted([tree["H42010600001"]], code=f"PAPER-{number}")


def big_round(size: int, units: list[Organization], people: dict[str, User]) -> Project:
    """Many products, many participants; the first unit has many rows, all confirmed."""
    project = make.allocation_project(units, code="FL-BIG", chain=["county", "city", "province"])
    products = make.worked_products(project)
    with whole_country(reason="test"):
        for number in range(size):
            terms = ("6", 30, f"{50 + number}", f"{60 - number}")
            make.winner(project, f"W{number}", terms=terms, **WIDE)
            make.catalog_item(project, f"U{number}")
        make.catalog_item(project, "WIDE", **WIDE)
    make.volume(project, units[0], "WIDE", 12_503)
    for number in range(size):
        make.volume(project, units[0], f"U{number}", 12_503)
        make.volume(project, units[0], f"W{number}", 8_003, kept=6_402, pending=0)
    make.published(project, people["alliance"])
    counted()
    fill(project, units[0], products, size, by=Actor.of(people["hospital"]))
    return project


def fill(
    project: Project,
    unit: Organization,
    products: dict[str, WinningProduct],
    size: int,
    *,
    by: Actor,
) -> None:
    """The worked example on every row."""
    with whole_country(reason="test"):
        filing = make.filing_of(project, unit)
    for number in range(size):
        row = make.row_of(project, unit, f"U{number}")
        with whole_country(reason="test"):
            for slot, typed in FILLING.items():
                offered = candidates_of(project, row, slot)
                contracts = dict.fromkeys((each.product_id for each in offered), None)
                contracts |= {products[code].pk: quantity for code, quantity in typed.items()}
                save_slot(row=row, slot=slot, contracts=contracts, project=project, by=by)
            confirm_pending(row=row, project=project, by=by)
    with whole_country(reason="test"):
        confirm_selected(filing=filing, project=project, by=by)
