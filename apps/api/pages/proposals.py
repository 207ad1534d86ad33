"""A manufacturer's choice of distributors: who may be chosen where, and proposals, written all or not at all."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple

from ninja import Field, Router, Schema

from apps.accounts.models.roles import Permission, Role
from apps.api.domain.cursors import page_of_rows
from apps.api.pages.paging import Cursor, Limit, Page, page
from apps.api.pages.problems import Problem
from apps.api.pages.relations import LARGEST, RelationOut, relation_out
from apps.api.pages.requests import ProgramRequest
from apps.api.pages.rights import takes
from apps.distribution.domain.relations.choosing import choose, relations_of
from apps.distribution.domain.relations.crowding import Proposal
from apps.distribution.domain.relations.directory import Carrier, Unit, carriers_of, units_coded
from apps.distribution.models.relation_places import place_of
from apps.scope.paths import province_path

router = Router()
MAKERS = (Role.MANUFACTURER,)
MOST = 2_000
PLACE = "省、市、区县医保的行政区划代码，如 42、420100、420106。"


class DistributorOut(Schema):
    uscc: str
    name: str
    areas: str


class DistributorPage(Page):
    items: list[DistributorOut]


class ProposalIn(Schema):
    product: int = Field(ge=1, lt=LARGEST, description="中选产品的 id（products）。")
    place: str = Field(min_length=1, max_length=20, description=PLACE)
    direct: bool = Field(False, description="只配送直属这一级的机构。")  # noqa: FBT003
    distributor: str = Field(
        min_length=1,
        max_length=30,
        description="配送企业的统一社会信用代码，须已在这个省启用；不按名称找。",
    )


class ProposalsIn(Schema):
    proposals: list[ProposalIn] = Field(min_length=1, max_length=MOST)
    submit: bool = Field(False, description="true 连同其中未提交的一并提交。")  # noqa: FBT003


class ProposedOut(Schema):
    created: int
    known: int
    submitted: int
    items: list[RelationOut]


@router.get(
    "/distributors",
    response=DistributorPage,
    summary="可以选择的配送企业",
    description="一个省已启用的配送企业，各带其申报的配送区域；按统一社会信用代码排列。",
)
@takes(Permission.DELIVERY, roles=MAKERS)
def distributor_list(
    request: ProgramRequest, place: str, cursor: Cursor = "", limit: Limit = 100
) -> dict[str, Any]:
    unit = _places([place])[place]
    rows = sorted(carriers_of([province_path(unit.path)]), key=lambda each: each.uscc)
    shown, following = page_of_rows(rows, lambda each: each.uscc, cursor, limit)
    told = [{"uscc": each.uscc, "name": each.name, "areas": each.areas} for each in shown]
    return page(told, following)


@router.post(
    "/relations/proposals",
    response=ProposedOut,
    summary="选择配送企业",
    description="每条是一个产品、一个地区、一家配送企业；已有的保持不变。有代码找不到、产品不供应该省、地区互相包含、"
    "超过数量限制时，全部不写入。",
)
@takes(Permission.DELIVERY, roles=MAKERS)
def relation_propose(request: ProgramRequest, body: ProposalsIn) -> dict[str, Any]:
    by = request.actor
    wanted = _named(body.proposals)
    done = choose(wanted, by=by, submit=body.submit)
    return {
        "created": done.created,
        "known": done.known,
        "submitted": done.submitted,
        "items": [relation_out(each) for each in relations_of(wanted, by=by)],
    }


class _Key(NamedTuple):
    """A distributor as programs name it: within a province (path)."""

    province: str
    uscc: str


def _named(sent: Sequence[ProposalIn]) -> list[Proposal]:
    """Raises `Problem` with every code that names nothing."""
    places = _places([each.place for each in sent])
    provinces = {province_path(unit.path) for unit in places.values()}
    carriers: Mapping[_Key, Carrier] = {
        _Key(each.province, each.uscc): each for each in carriers_of(provinces)
    }
    keys = [_Key(province_path(places[each.place].path), each.distributor) for each in sent]
    if unknown := sorted({key.uscc for key in keys if key not in carriers}):
        raise _unknown("distributors_unknown", "有的配送企业没有在所选的省启用", unknown)
    return [
        Proposal(
            each.product,
            carriers[key].pk,
            place_of(places[each.place].path, direct=each.direct),
        )
        for each, key in zip(sent, keys, strict=True)
    ]


def _places(codes: Sequence[str]) -> dict[str, Unit]:
    """By code. Raises `Problem`."""
    found = units_coded(set(codes))
    if unknown := sorted(set(codes) - found.keys()):
        raise _unknown("places_unknown", "有的代码不是省、市、区县医保的行政区划代码", unknown)
    return found


def _unknown(code: str, what: str, named: list[str]) -> Problem:
    sentence = f"{what}：{'、'.join(named[:5])}。没有写入任何一条。"
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, code, sentence, unknown=named)
