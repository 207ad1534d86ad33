"""What is told of security: failed logins, lockouts, refused rights, ended sessions. It may come in floods.

Invariants: of the same kind at the same place no more than `MOST` entries in ten minutes from one address and
`TOGETHER` from all of them; the last says that no more follow. No password and no code is ever part of an entry.
"""

from datetime import timedelta
from enum import StrEnum

from django.utils import timezone

from apps.audit.models import LogEntry
from apps.audit.request_id import current_address
from apps.audit.services import Author, Entry, record_many
from apps.scope.context import whole_country

WINDOW = timedelta(minutes=10)
MOST, TOGETHER = 20, 60
NO_MORE = "10 分钟内同类情况不再逐条记录。"


class Verb(StrEnum):
    """How these entries are called in the log."""

    LOGIN_FAILED = "登录失败"
    LOCKED_OUT = "登录锁定"
    FACTOR_FAILED = "两步验证失败"
    PASSWORD_FAILED = "原密码错误"  # noqa: S105 - says that one was wrong
    REFUSED = "访问被拒"
    IDLE_END = "超时退出"
    SESSION_EXPIRED = "会话到期"
    LOGIN = "登录"
    LOGOUT = "退出"


def tell(*, by: Author | None, entry: Entry, within: timedelta = WINDOW, most: int = MOST) -> bool:
    """Write the entry unless `most` of its kind were written within that time; whether it was."""
    with whole_country(reason="floods of the log"):
        return _tell(by, entry, within, most)


def _tell(by: Author | None, entry: Entry, within: timedelta, most: int) -> bool:
    alike = LogEntry.objects.filter(
        path=entry.path,
        verb=entry.verb,
        object=entry.object[:200],
        at__gte=timezone.now() - within,
    )
    addresses = list(alike.order_by("-at").values_list("address", flat=True)[:TOGETHER])
    from_here = addresses.count(current_address())
    if from_here >= most or len(addresses) >= TOGETHER:
        return False
    if most > 1 and (from_here == most - 1 or len(addresses) == TOGETHER - 1):
        entry = Entry(
            entry.verb, entry.object, entry.sentence + NO_MORE, entry.path, enterprise_id=entry.enterprise_id
        )  # fmt: skip
    record_many(by=by, entries=[entry])
    return True
