"""What an opener is handed, and how its answer leaves its process.

Invariant: an answer is made of frames: one letter, a length, JSON. Whoever asked reads nothing else of it.
"""

import errno
import json
import os
import pickle
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

BEGUN, SAID, DONE, REFUSED, TOO_MUCH, FAILED = b"b", b"s", b"d", b"r", b"m", b"f"
HEAD = struct.Struct(">cI")
LONGEST_FRAME = 64 * 1024 * 1024
LONGEST_SENTENCE = 500  # characters


class Refused(ValueError):
    """The file can't be used; the message is the sentence for the person."""


@dataclass(slots=True)
class Inside:
    """The files as they were sent, one to write to if something is to come of them, and who hears of it meanwhile."""

    files: Sequence[BinaryIO]
    output: BinaryIO | None = None
    say: Callable[[Any], None] = lambda _heard: None

    @property
    def written(self) -> BinaryIO:
        """The file that is asked for. Raises `LookupError` if none is."""
        if self.output is None:
            raise LookupError("Nobody asks for a file.")
        return self.output


Opener = Callable[..., Any]


@dataclass(slots=True)
class Teller:
    """Writes frames to whoever asked."""

    to: int

    def begin(self) -> None:
        self._write(BEGUN, None)

    def say(self, value: Any) -> None:
        self._write(SAID, value)

    def tell(self, opener: Opener, inside: Inside, arguments: BinaryIO) -> None:
        """Run the opener and say how it ended."""
        try:
            # The arguments are from whoever asks, not from the stranger.
            answer = opener(inside, **pickle.load(arguments))  # noqa: S301
            if inside.output is not None:
                inside.output.flush()
            self._write(DONE, answer)
        except Refused as refused:
            self._write(REFUSED, str(refused)[:LONGEST_SENTENCE])
        except (MemoryError, RecursionError):
            self._write(TOO_MUCH, "memory")
        except BrokenPipeError:
            raise  # nobody waits any more
        except Exception as error:  # noqa: BLE001 - a hostile file breaks its reader in any way it likes
            is_full = isinstance(error, OSError) and error.errno == errno.EFBIG
            self._write(TOO_MUCH if is_full else FAILED, _told(error))

    def _write(self, kind: bytes, value: Any) -> None:
        content = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        left = memoryview(HEAD.pack(kind, len(content)) + content)
        while left:
            left = left[os.write(self.to, left) :]


def _told(error: BaseException) -> str:
    """Where it stumbled, without a word of the file: class, module and line."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    place = f"{at.tb_frame.f_globals.get('__name__')}:{at.tb_lineno}" if at else ""
    return f"{type(error).__name__} {place}"
