"""What pages say of an action and where they offer it: plain data, one `Act` in each row of a machine's table.

Invariant: whatever is said or shown of one action stands in its row; pages read the row and know no action by name.
"""

from dataclasses import dataclass
from typing import Literal

Place = Literal["head", "behind", "elsewhere"]
"""Where the page of a filing offers an act: by itself at the head, behind the others, or not at all, since it has a
page of its own."""


@dataclass(frozen=True, slots=True)
class Reason:
    """The field that asks why: its label, its limit in characters, what stands below it."""

    label: str = "原因"
    longest: int = 500
    help_text: str = "对方和上级都能看到，请写清楚哪里需要怎样处理。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What every action needs to be offered: a button, a sentence that says what will happen, a form.

    `effect`: what the confirmation states. `is_final`: drawn as dangerous. `reason`: how the reason is asked, where
    the law may require one.
    """

    icon: str = ""
    effect: str = ""
    is_final: bool = False
    reason: Reason | None = None

    @property
    def tone(self) -> str:
        return "danger" if self.is_final else "primary"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingAct(Act):
    """An act on filings. Its `effect` has the places `{name}` (the unit, or how many) and `{package}` (what it holds).

    `word`: what it is called on pages, where that is not the action's label.
    `confirm`: what the button that confirms it says, where that is not its word.
    `onward`: the button that takes the act and goes on to the next filing.
    `place`: where the page of a filing offers it.
    `own_page`: the kinds of filings for which it has a page of its own, in the own name.
    `in_place`: the kinds of filings on which an upper tier takes it in place of a lower one (上级代办).
    `in_batch`: it is taken on many ticked rows at once.
    `ticks_rows`: a row that allows it can be ticked.
    `piles`: the piles of 逾期处理 that offer it.
    `zero_word`: what it is called where something was once reported.
    `names_lines`: it may name the lines that are to be corrected.
    `gives_time`: it asks until when, and is offered as well to those who need nothing but more time.
    `lifts`: the packages that lock the filing, below the person's own, are returned along with it.
    `proves`: in a project that wants it (`Project.asks_proof`) the password is asked for once more.
    """

    word: str = ""
    confirm: str = ""
    onward: str = ""
    place: Place = "behind"
    own_page: frozenset[str] = frozenset()
    in_place: frozenset[str] = frozenset()
    in_batch: bool = False
    ticks_rows: bool = False
    piles: frozenset[str] = frozenset()
    zero_word: str = ""
    names_lines: bool = False
    gives_time: bool = False
    lifts: bool = False
    proves: bool = False
