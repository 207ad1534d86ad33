"""申诉 of the demo: some wait for their answers, one was dismissed, one upheld and led to a correction.

Invariant: made once, by the product's own services; a later load adds none.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.exchange.files.pdf import Document, Text, write_pdf
from apps.projects.domain.corrections.acts import Paper
from apps.projects.domain.corrections.fields import Kind
from apps.projects.models import CatalogItem, Correction, Project
from apps.projects.models.correction import paper_name
from apps.reporting.models import DemandLine
from apps.review.domain.appeals.acts import answer_appeal, file_appeal
from apps.review.domain.appeals.matters import find_matter
from apps.review.domain.rounds.correcting import Wanted, correct
from apps.review.models import Appeal, AppealState, Filing, FilingEvent
from apps.review.models.statuses import Action
from apps.volumes.models import AgreedQuantity

from .demand.rounds import SEASON
from .progress import actors_by_code

OPEN_ROUND = "DEMO-BL"
ALLIANCE = "0"
PAPER = "规格更正说明.pdf"
CORRECTED = "按企业来函补正规格的写法，包装和数量不变。"


def _event(filing: Filing) -> int:
    events = FilingEvent.objects.filter(filing=filing, action=Action.RETURN)
    return events.latest("pk").pk


def _line(filing: Filing) -> int:
    """The item of which it reported most."""
    return DemandLine.objects.filter(filing=filing).latest("planned").item_id


def _agreed(filing: Filing) -> int:
    """The item of which most was agreed."""
    return AgreedQuantity.objects.filter(filing=filing).latest("agreed").item_id


@dataclass(frozen=True, slots=True)
class Told:
    """An appeal of the unit `code`, and what `by` answered, if anybody did."""

    project: str
    code: str
    what: str
    find: Callable[[Filing], int]
    text: str
    by: str = ""
    state: AppealState = AppealState.OPEN
    answer: str = ""


APPEALS = (
    Told(
        OPEN_ROUND, "H42010600007", "line", _line,
        "本中心去年三季度开始接收上级医院转诊的慢病患者，数量属实，请在汇总中注明。",
    ),
    Told(
        OPEN_ROUND, "H42011100002", "event", _event,
        "填报的就是片数，与去年进货单一致，请核对后告知具体哪一行有误。",
    ),
    Told(SEASON, "H42010600001", "agreed", _agreed, "新增一个病区，约定采购量低于本院上半年的实际用量。"),
    Told(
        SEASON, "H42010600002", "agreed", _agreed, "计算基数没有计入第四季度的线下采购。",
        ALLIANCE, AppealState.DISMISSED, "计算基数按公布的规则由上报量汇总生成，线下采购已计入历史采购量，不调整。",
    ),
    Told(
        SEASON, "H42010000001", "agreed", _agreed, "目录中的规格写法与说明书不一致，供货时无法核对。",
        ALLIANCE, AppealState.UPHELD, "情况属实，已更正规格的写法，约定采购量不变。",
    ),
)  # fmt: skip


@transaction.atomic
def load_appeals() -> None:
    if Appeal.objects.filter(project__code__in=[OPEN_ROUND, SEASON]).exists():
        return
    actors = actors_by_code()
    for told in APPEALS:
        _file(told, actors)


def _file(told: Told, actors: dict[str, Actor]) -> None:
    project = Project.objects.get(code=told.project)
    filing = Filing.objects.get(project=project, organization__code=told.code)
    by, key = actors[told.code], told.find(filing)
    if (matter := find_matter(project, by, told.what, key)) is None:
        raise LookupError(f"{told.code}: {told.what} {key}")
    made = file_appeal(
        project=project,
        what=told.what,
        key=key,
        matter=matter,
        text=told.text,
        paper=None,
        by=by,
    )
    if told.state == AppealState.OPEN:
        return
    answerer = actors[told.by]
    upheld = told.state == AppealState.UPHELD
    correction = _corrected(project, key, answerer) if upheld else None
    answer_appeal(made, state=told.state, answer=told.answer, by=answerer, correction=correction)


def _corrected(project: Project, item_id: int, by: Actor) -> Correction:
    """A text of the item, so that nothing that was reported moves."""
    item = CatalogItem.objects.get(pk=item_id)
    wanted = Wanted(
        kind=Kind.ITEM,
        pk=item.pk,
        values={"specification": f"{item.specification}（以说明书为准）"},
        reason=CORRECTED,
        paper=_paper(item),
    )
    return correct(project=project, wanted=wanted, by=by)


def _paper(item: CatalogItem) -> Paper:
    file = io.BytesIO()
    write_pdf(file, Document(title="规格更正说明（演示）", blocks=[Text(f"{item}：{CORRECTED}")]))
    stored = default_storage.save(paper_name(item, PAPER), ContentFile(file.getvalue()))
    return Paper(stored, PAPER)
