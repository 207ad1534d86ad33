"""The world of the access matrix: one person per role, and one thing of each kind, all of it Hubei's.

`person` gives the client, `arguments` what an address needs. Shanxi has the same things, and they must never show.
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.test import Client
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.issuing import fill_sheet, open_sheet
from apps.accounts.domain.passwords import ask_reset
from apps.accounts.domain.scopes import scope_of
from apps.accounts.domain.tokens.acts import create_token
from apps.accounts.models import Protocol, User
from apps.administration.models import UnitChange
from apps.analysis.domain.saved_views import save_view
from apps.jobs.services import enqueue
from apps.notices.attachments import Checked
from apps.notices.messages import Letter, send_letters
from apps.notices.models import Attachment, Message, MessageKind, NoticeKind
from apps.notices.services import Content, create_notice
from apps.organizations.models import Enterprise, Organization
from apps.projects.models import Correction, Project, WinningProduct
from apps.review.domain.attachments.acts import attach_file
from apps.review.domain.attachments.checks import Ready
from apps.review.domain.selecting import freeze_selection
from apps.review.models import Filing, WithdrawalRequest
from apps.review.models.statuses import Action
from apps.scope.context import enter, whole_country
from apps.scope.paths import parent_path
from tests import factories
from tests import factories_allocation as make
from tests import factories_demand as demand
from tests.accounts.sign_on import provider
from tests.cast import Tree
from tests.factories_projects import ProjectFactory, own_code
from tests.net.agreements_world import agreement_of
from tests.net.appeals_world import appeal_of, appeal_on_designation
from tests.net.distributors_world import RIVAL, distributors_of
from tests.net.hooks_world import hook_of
from tests.net.rehearsal_world import INVENTED, pages_of, rehearsal_of
from tests.review.lending import lent
from tests.stopping import stop_of
from tests.volumes import rounds

CHAIN = ["county", "city", "province"]
HUBEI_MARKS = (
    "武昌区人民医院",
    "王医办",
    "FL-HUBEI",
    "鄂批分量",
    "鄂通知",
    "BL-HUBEI",
    "鄂批报量",
    "鄂邻配送",
)
SHANXI_MARKS = (
    "晋批配送", "小店区人民医院", "孙邻院", "FL-SHANXI", "晋批分量", "晋通知", "BL-SHANXI", "晋批报量",
)  # fmt: skip
UNITS = ("武昌区人民医院", "小店区人民医院", "王医办", "孙邻院")
UPLOADED = {"kind": "purchases", "upload": "none"}
NAMED_BY_DESIGN = {"/distribution/chains/choose/": RIVAL}
"""By address: a distributor chooses its sub-distributors among the enabled ones of its province; the page of a
rehearsal, which `build` adds, names its units."""


def foreign_marks(persona: str) -> tuple[str, ...]:
    """What no page may say to somebody: the other province's things; to enterprises, any institution.

    To nobody at all what was invented in a rehearsal.
    """
    return (INVENTED, *_foreign_marks(persona))


def _foreign_marks(persona: str) -> tuple[str, ...]:
    if persona in {"stranger", "foreign"}:
        return HUBEI_MARKS
    if persona == "branch":
        return (*HUBEI_MARKS, *SHANXI_MARKS, *UNITS)
    if persona == "carrier":
        return (*UNITS, RIVAL)
    if persona == "maker":
        return UNITS
    seers = {"alliance", "security", "system", "auditor"}
    return SHANXI_MARKS if persona not in seers else ()


@dataclass
class World:
    """Clients by persona, and the arguments of addresses: the longest prefix of `name@variant` that has them."""

    clients: dict[str, Client]
    known: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)

    def person(self, persona: str) -> Client:
        return self.clients[persona]

    def arguments(self, name: str, parameters: set[str]) -> dict[str, Any]:
        """For an address with these parameters; a name that nothing fits is an error of the table."""
        prefixes = sorted((key for key in self.known if name.startswith(key)), key=len)
        found: dict[str, Any] = {}
        for prefix in prefixes:
            found |= self.known[prefix]
        return {parameter: found[parameter] for parameter in parameters}


def published_round(
    tree: Tree,
    units: list[str],
    people: dict[str, User],
    *,
    winner: Enterprise | None,
    **names: str,
) -> Project:
    """A published allocation: the first unit has a row to allocate and one that is selected; `winner` won A."""
    project = make.allocation_project([tree[code] for code in units], code=names["code"])
    with whole_country(reason="test"):
        Project.objects.filter(pk=project.pk).update(name=names["name"], chain=CHAIN)
        project.refresh_from_db()
    won = make.worked_products(project)["A"]
    if winner:
        with whole_country(reason="test"):
            WinningProduct.objects.filter(pk=won.pk).update(enterprise=winner)
    make.volume(project, tree[units[0]], make.UNSELECTED, 12_503)
    make.volume(project, tree[units[0]], "C", 8_003)
    return make.published(project, people["alliance"])


def demand_round(
    tree: Tree, units: list[str], people: dict[str, User], *, code: str, name: str
) -> dict[str, Any]:
    """A published demand round; the first unit has bought something and uploaded its letter."""
    policies = {"chain": CHAIN, "attachment": "letter"}
    project = demand.demand_project([tree[unit] for unit in units], code=code, **policies)
    with whole_country(reason="test"):
        Project.objects.filter(pk=project.pk).update(name=name)
        project.refresh_from_db()
    demand.bought(project, tree[units[0]], {"P0001": 2_800})
    demand.published(project, people["alliance"])
    filing = demand.filing_of(project, tree[units[0]])
    with whole_country(reason="test"):
        attach_file(
            filing,
            project=project,
            ready=Ready(b"%PDF", f"{name}承诺函.pdf", 1),
            data_hash="",
            by=Actor.of(people["province"]),
        )
    return {
        "reporting:": {"code": code},
        "reporting:maintenance_edit": {"code": code, "pk": filing.pk},
        "review:attachment_": {"code": code, "pk": filing.pk},
    }


def agreed_round(tree: Tree, units: list[str], people: dict[str, User]) -> dict[str, Any]:
    """A demand round with a published base and published agreed volumes."""
    officer = people["alliance"]
    reports = {tree[unit]: {"A": 100} for unit in units}
    names = {"code": "BL-HUBEI-V", "name": "鄂批报量约定"}
    project = rounds.approved_round(reports, officer, units={"A": "甲"}, chain=CHAIN, **names)
    rounds.won(project, ("A", "甲厂", "50", 1))
    rounds.published_base(project, officer)
    rounds.published_agreed(project, officer)
    return {"volumes:": {"code": project.code, "item": demand.items_of(project)["A"].pk}}


def view_of(owner: User, code: str) -> int:
    """A pivot that somebody has saved."""
    with whole_country(reason="test"):
        project = Project.objects.get(code=code)
        view = save_view(project=project, name="鄂视图", query="", by=Actor.of(owner))
        return int(view.pk)


def approval_of(asker: User, account: User) -> int:
    """安全管理员 have asked to reset the province's password."""
    with whole_country(reason="test"):
        return int(ask_reset(by=Actor.of(asker), account_id=account.pk).pk)


def token_of(owner: User) -> int:
    """A token of somebody's own."""
    with enter(scope_of(owner)):
        token, _secret = create_token(
            by=Actor(owner, owner.organization, proved=True),
            name="接口",
            rights=["query"],
            project_ids=None,
            networks=[],
            days=1,
        )
    return token.pk


def notice_of(author: User, title: str) -> dict[str, Any]:
    """A published notice with a file."""
    with whole_country(reason="test"):
        by = Actor.of(author)
        content = Content(kind=NoticeKind.NOTICE, title=title, body=title)
        file = Checked(name="附件.pdf", size=4, file=File(io.BytesIO(b"%PDF")))
        notice = create_notice(by=by, content=content, files=[file], publish=True)
        attachment = Attachment.objects.get(notice=notice)
        return {"notices:": {"pk": notice.pk}, "notices:attachment": {"pk": attachment.pk}}


def sheet_of(issuer: User, unit: Any) -> dict[str, Any]:
    with whole_country(reason="test"):
        by = Actor.of(issuer)
        sheet = open_sheet(by=by, kind="units", target_ids=[unit.pk])
        fill_sheet(by=by, sheet_id=sheet.pk)
        return {"accounts:issue_sheet": {"pk": sheet.pk}}


def job_of(owner: User) -> dict[str, Any]:
    with whole_country(reason="test"):
        job = enqueue("accounts.issue", by=Actor.of(owner), sheet_id=0)
        return {"jobs:": {"pk": job.pk}}


def request_of(filing: Filing) -> WithdrawalRequest:
    """Somebody of the unit has asked to withdraw."""
    with whole_country(reason="test"):
        clerk = User.objects.filter(organization_id=filing.organization_id).earliest("pk")
        return WithdrawalRequest.objects.create(
            filing=filing,
            reason="鄂撤回",
            asked_at=timezone.now(),
            asked_by=clerk,
            asked_by_name=clerk.name,
        )


def mandate_of(project: Project, lender: Organization, neighbour: Organization) -> int:
    """The hospital lets an account of its neighbour fill in."""
    holder = factories.account_of(neighbour, name="徐代填")
    with whole_country(reason="test"):
        return int(lent([lender], holder, project)[0].pk)


def correction_of(project: Project) -> dict[str, Any]:
    """A correction of the project with its file; and the product that may be corrected next."""
    with whole_country(reason="test"):
        product = WinningProduct.objects.filter(project=project).earliest("pk")
        change = {"name": "鄂品规", "label": "规格", "old": "旧", "new": "新", "table": "", "pk": 0}
        Correction.objects.create(
            project=project, number=1, reason="鄂更正", changes=[change], file_name="依据.pdf",
            file=File(io.BytesIO(b"%PDF"), name="paper.pdf"),
        )  # fmt: skip
        return {"review:correction_": {"kind": "product", "pk": product.pk, "number": 1}}


def unit_change_of(clerk: User) -> dict[str, Any]:
    """The hospital has asked to close, with its paper."""
    with whole_country(reason="test"):
        change = UnitChange.objects.create(
            kind="close", organization=clerk.organization, path=clerk.path, name_then="鄂停业",
            office=parent_path(clerk.path), effective_on=timezone.localdate(), reason="鄂停业",
            file=File(io.BytesIO(b"%PDF"), name="paper.pdf"), file_name="批复.pdf",
            asked_by=clerk, asked_by_name="鄂申请", asked_at=timezone.now(),
        )  # fmt: skip
        return {
            "administration:change_": {"pk": change.pk},
            "administration:change_ask": {"pk": clerk.organization_id, "kind": "rename"},
        }


def message_of(author: User, unit: Any) -> dict[str, Any]:
    """A message to one unit alone."""
    with whole_country(reason="test"):
        letter = Letter(path=unit.path, title="鄂催报", body="鄂催报")
        send_letters([letter], kind=MessageKind.REMINDER, by=Actor.of(author))
        return {
            "notices:message_detail": {
                "pk": Message.objects.get(path=unit.path, kind=MessageKind.REMINDER).pk
            }
        }


def round_of(project: Project, unit: Any, reviewer: User) -> dict[str, Any]:
    """The unit's filing and one of its rows; the reviewer has ticked the filing for a batch."""
    filing = make.filing_of(project, unit)
    with whole_country(reason="test"):
        by = Actor.of(reviewer)
        selection = freeze_selection(project, [filing], Action.APPROVE, by=by)
    row = make.row_of(project, unit, make.UNSELECTED)
    code = {"code": project.code}
    asked = request_of(filing)
    with whole_country(reason="test"):
        won = WinningProduct.objects.get(project=project, item__item_code="A")
    return {
        "projects:": {**code, "tier": "city"},
        "review:": {
            **code,
            "pk": filing.pk,
            "action": "approve",
            "subject": "allocation",
            "what": "conclusion",
            "page": "list",
        },
        "review:withdrawal_decide": {**code, "pk": asked.pk},
        "review:appeal_": {**code, "pk": appeal_of(filing).pk, "what": "row", "key": row.pk},
        "review:appeal_create@maker": {**code, "what": "share", "key": won.pk},
        "portal:progress": code,
        "review:selection": {**code, "pk": selection.pk},
        "allocation:": {**code, "pk": row.pk, "row_id": row.pk, "slot": "highest"},
        "allocation:substitution_detail": {**code, "pk": filing.pk},
    }


def build(tree: Tree, people: dict[str, User], client_of: Callable[[User], Client]) -> World:
    """One of everything in Hubei, the same in Shanxi."""
    unit, shanxi = tree["H42010600001"], ["H14010500001"]
    hubei = ["H42010600001", "H42010600002", "H42020200001"]
    maker = people["maker"].enterprise
    project = published_round(tree, hubei, people, winner=maker, code="FL-HUBEI", name="鄂批分量")
    appeal_on_designation(project, people["maker"])
    elsewhere = published_round(
        tree, shanxi, people, winner=None, code="FL-SHANXI", name="晋批分量"
    )
    correction_of(elsewhere)
    stop_of(elsewhere, people["alliance"])
    demand_round(tree, shanxi, people, code="BL-SHANXI", name="晋批报量")
    notice_of(people["foreign"], "晋通知")
    draft = ProjectFactory(code="FL-DRAFT", name="草稿")
    demanded = demand_round(tree, hubei, people, code="BL-HUBEI", name="鄂批报量")
    rehearsal = rehearsal_of("BL-HUBEI", people["alliance"], people["county"])
    NAMED_BY_DESIGN.update(dict.fromkeys(pages_of(rehearsal), INVENTED))
    return World(
        clients={"visitor": Client()} | {key: client_of(user) for key, user in people.items()},
        known={
            "captcha-image": {"key": "nothing"},
            "portal:paper_verification_code": {"code": "nothing"},
            "portal:manual_": {"manual": "city"},
            "accounts:captcha_audio": {"key": "nothing"},
            "accounts:session_end": {"handle": UUID(int=1)},
            "accounts:subordinate_": {"pk": people["hospital"].pk},
            "accounts:subordinate_reset@province": {"pk": people["province"].pk},
            "accounts:sub_account_": {"pk": people["onlooker"].pk},
            "accounts:phone_of_unit": {"pk": unit.pk},
            "accounts:phone_of_account": {"pk": people["hospital"].pk},
            "accounts:approval_": {"pk": approval_of(people["security"], people["province"])},
            "accounts:identity_end": {"pk": 1},
            "accounts:sign_on_": {
                "pk": provider(protocol=Protocol.CAS, address="https://sso.example/cas").pk
            },
            "accounts:token_end": {"pk": 1},
            "accounts:token_end_below": {"pk": token_of(people["hospital"])},
            "administration:": {"pk": unit.pk},
            **unit_change_of(people["hospital"]),
            "api:": {"code": "FL-HUBEI", "item": make.UNSELECTED, "slot": "other", "pk": 10**12},
            "api:export_": {"kind": "catalogue"},
            "api:import_": UPLOADED,
            **notice_of(people["province"], "鄂通知"),
            **message_of(people["county"], unit),
            **hook_of(people["hospital"]),
            **sheet_of(people["province"], tree["H42010000001"]),
            **job_of(people["city"]),
            **round_of(project, unit, people["county"]),
            **correction_of(project),
            "review:mandate_end": {"pk": mandate_of(project, unit, tree["H42010600002"])},
            **stop_of(project, people["alliance"]),
            **demanded,
            "review:correction_add": {"code": "BL-HUBEI"},
            "analysis:": {"code": "BL-HUBEI", "pk": view_of(people["city"], "BL-HUBEI")},
            **agreed_round(tree, hubei, people),
            "audit:change_detail": {"kind": "projects.project", "pk": project.pk},
            **rehearsal,
            "projects:project_detail@draft": {"code": draft.code},
            "projects:own_code_edit": {"pk": own_code(project, unit, "A", "HB001")},
            **distributors_of(tree, people),
            **agreement_of(project, people, RIVAL),
        },
        people=people,
    )
