"""Has files that strangers sent opened in a process of their own. The only way in.

Invariant: this process moves the bytes, and reads of the answer nothing but JSON within the limits.
"""

import json
import logging
import os
import pickle
import select
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from typing import IO, Any

from apps.quarantine.inside import (
    BEGUN,
    DONE,
    FAILED,
    HEAD,
    LONGEST_FRAME,
    REFUSED,
    SAID,
    Refused,
)
from apps.quarantine.turns import turn
from apps.quarantine.walls import Limits
from apps.quarantine.warm import WARM

logger = logging.getLogger(__name__)
GRACE = 5.0  # seconds that the server has to end what is overdue
CHUNK = 256 * 1024
Hear = Callable[[Any], None]


class Unopened(Exception):
    """The file could not be opened within the limits, or broke what opened it."""


class _Ended(Exception):
    """The answer ended before it had begun: the server was just ending."""


def open_files(
    opener: str,
    files: Sequence[IO[bytes]],
    arguments: Mapping[str, Any] | None = None,
    *,
    output: IO[bytes] | None = None,
    writes: bool = False,
    limits: Limits | None = None,
    hear: Hear = lambda _said: None,
    waiting: Callable[[], None] = lambda: None,
) -> Any:
    """The answer of `opener` ("module:function") on copies of the files; `hear` gets what it says meanwhile.

    The files are left at their start. What it writes is in `output`, an open temporary file; one that `writes` needs
    temporary files besides. `limits` are those of the lane unless told. Raises `Refused` with the opener's sentence,
    `Busy`, `Unopened`, and what `hear` and `waiting` do.
    """
    with turn(waiting) as usual, ExitStack() as stack:
        told = _temporary(stack)
        pickle.dump(dict(arguments or {}), told)
        handed = [told, *([output] if output is not None else ())]
        handed += [_copy(stack, file) for file in files]
        asked = Asked(opener, handed, limits or usual, output is not None, writes, hear)
        try:
            return asked.answer()
        except _Ended:
            return asked.answer(again=True)


def _copy(stack: ExitStack, file: IO[bytes]) -> IO[bytes]:
    """What is handed over is a copy: whatever happens to it, what was sent stays as it was."""
    copy = _temporary(stack)
    file.seek(0)
    shutil.copyfileobj(file, copy, CHUNK)
    file.seek(0)
    return copy


def _temporary(stack: ExitStack) -> IO[bytes]:
    return stack.enter_context(tempfile.TemporaryFile())


@dataclass(slots=True)
class Asked:
    """One order to the warm server and its answer."""

    opener: str
    handed: list[Any]
    limits: Limits
    output: bool
    writes: bool
    hear: Hear
    pending: bytes = b""
    taken: int = 0
    overdue: float = field(default=0.0)

    def answer(self, *, again: bool = False) -> Any:
        """Raises what `open_files` raises, and `_Ended`, the second time `Unopened` instead."""
        order = {
            "opener": self.opener.replace(":", "."),
            "limits": asdict(self.limits),
            "output": self.output,
            "writes": self.writes,
        }
        for file in self.handed:
            file.flush()
            file.seek(0)
        self.pending, self.taken = b"", 0
        self.overdue = time.monotonic() + self.limits.clock + GRACE
        heard, tells = os.pipe()
        lifeline, held = os.pipe()
        try:
            try:
                files = [file.fileno() for file in self.handed]
                WARM.send(order, [tells, lifeline, *files])
            finally:
                os.close(tells)
                os.close(lifeline)
            return self._listen(heard, again=again)
        finally:
            os.close(heard)
            os.close(held)  # whatever still runs ends with it

    def _listen(self, heard: int, *, again: bool) -> Any:
        has_begun = again
        while (frame := self._frame(heard)) is not None:
            kind, value = frame
            has_begun = True
            if kind == SAID:
                self.hear(value)
            elif kind == DONE:
                return value
            elif kind == REFUSED:
                raise Refused(str(value))
            elif kind != BEGUN:
                level = logging.WARNING if kind == FAILED else logging.INFO
                logger.log(level, "%s has not opened a file: %s", self.opener, value)
                raise Unopened(str(value))
        if not has_begun:
            raise _Ended
        logger.info("%s was ended at its limits", self.opener)
        raise Unopened("ended")

    def _frame(self, heard: int) -> tuple[bytes, Any] | None:
        """The next frame; None at the end of the line. Raises `Unopened` for what breaks the rules or the limits."""
        head = self._bytes(heard, HEAD.size)
        if head is None:
            return None
        kind, length = HEAD.unpack(head)
        self.taken += length
        if length > LONGEST_FRAME or self.taken > self.limits.told:
            raise Unopened("too long an answer")
        content = self._bytes(heard, length)
        if content is None:
            return None
        try:
            return kind, json.loads(content)
        except (ValueError, RecursionError) as error:
            raise Unopened("no answer") from error

    def _bytes(self, heard: int, wanted: int) -> bytes | None:
        parts = [self.pending]
        have = len(self.pending)
        line = select.poll()
        line.register(heard, select.POLLIN)
        while have < wanted:
            left = self.overdue - time.monotonic()
            if left <= 0 or not line.poll(left * 1000):
                return None
            part = os.read(heard, CHUNK)
            if not part:
                return None
            parts.append(part)
            have += len(part)
        whole = b"".join(parts)
        self.pending = whole[wanted:]
        return whole[:wanted]
