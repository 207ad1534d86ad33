"""Refusals of the review chain, as sentences a clerk can act on. Nothing was written when one is raised."""

from collections.abc import Sequence
from dataclasses import dataclass

NAMED = 5


@dataclass(frozen=True, slots=True)
class Refused:
    """One filing that did not move, and why."""

    filing_id: int
    name: str
    why: str


class ReviewRefused(Exception):
    """The base of all refusals; `str()` is the sentence shown to the person."""

    def __init__(self, sentence: str, refused: Sequence[Refused] = ()) -> None:
        super().__init__(sentence)
        self.refused = tuple(refused)


class ActionRefused(ReviewRefused):
    """The law of the machine forbids the act for some of the filings."""


class FilingsMoved(ReviewRefused):
    """Somebody changed a filing since the page was shown."""


class FilingsMissing(ReviewRefused):
    """Some filings don't exist for this viewer."""


class NotEditable(ReviewRefused):
    """Lines below the filing can't be changed now: reported, locked from above, outside its time, or not by him."""


class FilingIncomplete(ReviewRefused):
    """An institution still has something to do before 上报."""


class GateClosed(ReviewRefused):
    """Units below have not settled what the gate demands."""


class ReasonMissing(ReviewRefused):
    """The act needs a reason."""


class DeadlineInvalid(ReviewRefused):
    """The correction deadline is missing or has passed."""


class NotYourTurn(ReviewRefused):
    """The actor is not the party that takes this act."""


class NotByProgram(ReviewRefused):
    """The project lets bureaus act on its pages only, not by a token."""


class PublicationRefused(ReviewRefused):
    """The project can't be published yet; `problems` lists why."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("项目还不能发布：" + "；".join(problems))
        self.problems = tuple(problems)


class UndoRefused(ReviewRefused):
    """撤销办结 or 撤销发布: something was made of it since; `obstacles` lists what."""

    def __init__(self, word: str, obstacles: Sequence[str]) -> None:
        super().__init__(f"不能{word}：" + "；".join(obstacles) + "。")
        self.obstacles = tuple(obstacles)


class RequestDecided(ReviewRefused):
    """Somebody answered the withdrawal request before, or the tier above submitted."""


class SelectionUsed(ReviewRefused):
    """The selection was carried out before; nothing happens twice."""


def listing(refused: Sequence[Refused], verb: str) -> str:
    """“3 家不能审核通过：甲（…）、乙（…）、丙（…）。本次没有办理。”"""
    named = "、".join(f"{unit.name}（{unit.why}）" for unit in refused[:NAMED])
    more = f"等 {len(refused)} 家" if len(refused) > NAMED else ""
    return f"不能{verb}：{named}{more}。本次没有办理。"
