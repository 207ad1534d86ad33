"""Whether the standby may be read from at this moment.

Invariant: whoever reads there sees everything that was committed `REPLICA_LAG_SECONDS` ago, and whatever else he names
by its position in the primary's log. Where that can't be said (the standby is down, late, or no standby any more) he
reads at the primary. Clocks of servers aren't compared: positions are, with those that this process noted before.
"""

import logging
import time
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager

from django.conf import settings
from django.db import Error

from .passing import passes
from .reading import from_standby, give_up_standby
from .server.sql import position, replayed

MARK_SECONDS, REST_SECONDS, LOOK_SECONDS = 1.0, 5.0, 0.01
"""Between notes of the primary's position, after a failure, between two looks at the standby."""
UNKNOWN = 2**63 - 1
"""A position that no standby reaches."""
logger = logging.getLogger(__name__)
_marks: deque[tuple[float, int]] = deque(maxlen=1_000)
"""When the primary's log had come to which position."""
_rested_until = 0.0


def is_fit(*, shows: int = 0, patience: float) -> bool:
    """Whether it shows everything up to this position, or does within so many seconds."""
    if not _is_asked():
        return False
    wanted = max(shows, _least())
    try:
        with from_standby():
            return _reaches(wanted, time.monotonic() + patience)
    except Error as error:
        rest(error)
        return False


def is_fit_by_now(*, patience: float) -> bool:
    """Whether it shows everything that has been committed by now."""
    return _is_asked() and is_fit(shows=position(), patience=patience)


@contextmanager
def read_standby() -> Generator[None, None, None]:
    """The block reads from it. What fails there is raised; whoever asks in the next seconds reads elsewhere."""
    try:
        with from_standby():
            yield
    except Exception as error:
        if passes(error):
            rest(error)
        raise


def _is_asked() -> bool:
    return bool(settings.REPLICA) and time.monotonic() >= _rested_until


def rest(reason: object) -> None:
    """Ask nothing of it for some seconds."""
    global _rested_until  # noqa: PLW0603 - of the whole process
    _rested_until = time.monotonic() + REST_SECONDS
    logger.warning("standby_left_alone", extra={"reason": str(reason)})
    give_up_standby()


def forget() -> None:
    """Everything that is known of it."""
    global _rested_until  # noqa: PLW0603
    _rested_until = 0.0
    _marks.clear()


def _least() -> int:
    """What it has to show not to be late: the oldest position noted within the limit, else today's.

    Threads note side by side: none takes away what another is looking at.
    """
    now = time.monotonic()
    marks = [mark for mark in tuple(_marks) if now - mark[0] <= settings.REPLICA_LAG_SECONDS]
    if not marks or now - marks[-1][0] >= MARK_SECONDS:
        marks.append((now, position()))
        _marks.append(marks[-1])
    return marks[0][1]


def _reaches(wanted: int, until: float) -> bool:
    while True:
        shown = replayed()
        if shown is None:
            rest("it follows nobody")
            return False
        if shown >= wanted or time.monotonic() >= until:
            return shown >= wanted
        time.sleep(LOOK_SECONDS)
