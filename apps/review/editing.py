"""Who may write below a filing, and why not now: the same for the lines of every kind."""

from apps.accounts.actors import Actor

from .labels import status_text
from .locks import Branch
from .models import Filing
from .statuses import EDITABLE


def is_filer(filing: Filing, by: Actor) -> bool:
    """The unit itself, or one above it that acts for it (上级代办)."""
    if by.organization is None or not filing.path.startswith(by.organization.path):
        return False
    place = by.on_behalf_of or by.organization
    return place.pk == filing.organization_id


def why_not_editable(filing: Filing, branch: Branch, work: str) -> str:
    """The sentence for a filing that can't be changed now; `work` is what the unit fills in (报量, 分量)."""
    if filing.state not in EDITABLE:
        return f"本单位的{work}当前为“{status_text(filing)}”，不能修改。"
    if branch.is_frozen(filing):
        return "上级已提交，数据已锁定；需要修改时请由上级退回。"
    return "现在不在填报时间内，不能修改。"
