"""What is asked about an enterprise's code and name before it is believed, unless somebody has compared the papers.

A check digit that doesn't fit, a name that stands under another code, a code that stands under another name: mostly
slips, sometimes true. Whoever ticks 与证照核对无误 is let in, and the log says so.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from apps.exchange.files.columns import Column, Kind
from apps.folding.domain.folding import folded
from apps.organizations.domain import uscc
from apps.organizations.models import Enterprise

VERIFIED = "与证照核对无误"
LOGGED = f"（已确认{VERIFIED}）"
IN_COLUMN, IN_FORM = f"请在“{VERIFIED}”一列填“是”", f"请勾选“{VERIFIED}”"
VERIFIED_COLUMN = Column(
    "verified", VERIFIED, Kind.YESNO, optional=True, width=16,
    help="系统对信用代码或名称有疑问、而证照上确是如此时填“是”，其他留空。",
)  # fmt: skip
NAMED = 3
ByName = Mapping[str, set[str]]


def codes_by_name(names: Iterable[str], more: Iterable[tuple[str, str]] = ()) -> ByName:
    """Folded name → the codes under which it stands, in the register and in `more` (code, name); one statement."""
    wanted = {folded(name) for name in names}
    known = Enterprise.objects.filter(folded_name__in=wanted).values_list("uscc", "name")
    codes: dict[str, set[str]] = defaultdict(set)
    for code, name in (*known, *more):
        codes[folded(name)].add(code)
    return codes


def doubts_about(
    code: str, name: str, *, registered: str, by_name: ByName, tick: str
) -> Iterator[tuple[str, str]]:
    """Pairs of column and sentence; `registered` is the name under which the code stands, "" if it doesn't.

    What is wrong with the code beyond its check digit is none: `uscc.shape_problem`.
    """
    if problem := uscc.problem_with(code):
        yield "uscc", f"{problem}；证照上确是如此时，{tick}"
    others = sorted(by_name.get(folded(name), set()) - {code})
    if others and not registered:
        listed = "、".join(others[:NAMED])
        sentence = f"“{name}”已登记在统一社会信用代码 {listed} 之下；确是另一家同名企业时，{tick}"
        yield "uscc", sentence
    if registered and folded(registered) != folded(name):
        yield "name", f"统一社会信用代码 {code} 已登记为“{registered}”；企业确已更名时，{tick}"
