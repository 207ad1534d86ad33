"""What the process of one file may cost, and what it may no longer do: its limits and its filter of system calls.

Invariant: once `wall_in` has returned, nothing that runs here, were it the attacker's own code, opens a socket, starts
a program or a process, signals or looks into another one, writes, moves or deletes a file, or reads one but code; it
computes and writes to what it was handed open. Who needs temporary files to write a workbook has a folder for them.
Older kernels and other processors have the limits alone.
"""

import ctypes
import os
import platform
import resource
import struct
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from apps.quarantine.landlock import keep_to

MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost: seconds of the processor and of the clock, bytes of address space, of a file that it

    has `written` and of the answer that it has `told`.
    """

    cpu: int = 20
    clock: int = 30
    memory: int = 1024 * MB
    written: int = 200 * MB
    told: int = 64 * MB


OPEN_FILES = 64
NICER = 10  # than whoever saves
FIRST_TO_GO = b"1000"  # where memory runs out, before any process that serves people

NO_NEW_PRIVILEGES, SET_FILTER, DIES_WITH_PARENT = 38, 22, 1  # of prctl
BY_FILTER = 2
SIGKILL = 9
LOAD, EQUAL, AT_LEAST, ANY_OF, ANSWER = 0x20, 0x15, 0x35, 0x45, 0x06  # of the filter's machine
ALLOWED, REFUSED, KILLED = 0x7FFF0000, 0x00050001, 0x80000000  # REFUSED is EPERM
NUMBER_AT, MACHINE_AT, ARGUMENTS_AT, ARGUMENT = 0, 4, 16, 8
FOREIGN = 0x40000000  # system calls of x86-64 under other numbers begin here
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


@dataclass(frozen=True, slots=True)
class Machine:
    """Its mark in the filter; by number what is refused, what deletes, and which argument of what opens says how."""

    mark: int
    refused: tuple[int, ...]
    deletes: tuple[int, ...]
    opens: dict[int, int]


# The same on every processor: pidfd_send_signal, io_uring_*, pidfd_open, clone3, openat2, pidfd_getfd, fchmodat2.
EVERYWHERE = (424, 425, 426, 427, 434, 435, 437, 438, 452)
MACHINES: Final = {
    "x86_64": Machine(
        0xC000003E,
        (
            *(41, 42, 43, 44, 46, 49, 50, 53, 288, 307),  # sockets
            *(56, 57, 58, 59, 322, 101, 310, 311),  # processes and programs
            *(
                62,
                200,
                234,
                129,
                297,
                302,
                203,
                141,
            ),  # signals, others' limits, processors and priorities
            *(76, 82, 83, 84, 85, 86, 88, 90, 92, 94, 132, 133, 235, 188, 189),  # files by name
            *(258, 259, 260, 261, 264, 265, 266, 268, 280, 316),
            *(155, 161, 165, 166, 272, 308, 298, 321, 323, 248, 249, 250, 304, 29, 30, 31),
            *EVERYWHERE,
        ),
        (87, 263),
        {2: 1, 257: 2},
    ),
    "aarch64": Machine(
        0xC00000B7,
        (
            *(198, 199, 200, 201, 202, 203, 206, 211, 242, 269),
            *(220, 221, 281, 117, 270, 271),
            *(129, 130, 131, 138, 240, 261, 122, 140),
            *(33, 34, 36, 37, 38, 45, 53, 54, 88, 5, 6, 276),
            *(39, 40, 41, 51, 97, 268, 241, 280, 282, 217, 218, 219, 265, 194, 195, 196),
            *EVERYWHERE,
        ),
        (35,),
        {56: 2},
    ),
}


def wall_in(limits: Limits, *, folder: str = "") -> None:
    """Take from this process what it does not need. Nothing gives it back. Temporary files go into `folder`, if any."""
    _die_with_parent()
    _come_last()
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu, limits.cpu + 1))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.written, limits.written))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    keep_to(folder)
    shut_in(writes=bool(folder))


def _come_last() -> None:
    os.nice(NICER)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_bytes(FIRST_TO_GO)


def _die_with_parent() -> None:
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(DIES_WITH_PARENT, SIGKILL, 0, 0, 0)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def shut_in(*, writes: bool) -> bool:
    """Refuse the system calls above from now on, unless it `writes` those on files; whether this machine can."""
    machine = MACHINES.get(platform.machine())
    if machine is None or os.name != "posix" or platform.system() != "Linux":
        return False
    written = b"".join(_filter(machine, writes=writes))
    kept = ctypes.create_string_buffer(written, len(written))
    program = _Program(len(written) // 8, ctypes.cast(kept, ctypes.c_void_p))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    return not prctl(SET_FILTER, BY_FILTER, ctypes.byref(program), 0, 0)


def _filter(machine: Machine, *, writes: bool) -> list[bytes]:
    """The filter, instruction by instruction: is it this machine, is it refused, does it open to write?"""
    lines = [
        _line(LOAD, MACHINE_AT),
        _line(EQUAL, machine.mark, then=1),
        _line(ANSWER, KILLED),
        _line(LOAD, NUMBER_AT),
        _line(AT_LEAST, FOREIGN, otherwise=1),
        _line(ANSWER, REFUSED),
    ]
    for number in machine.refused if writes else machine.refused + machine.deletes:
        lines += [_line(EQUAL, number, otherwise=1), _line(ANSWER, REFUSED)]
    for number, argument in () if writes else machine.opens.items():
        lines += [
            _line(EQUAL, number, otherwise=4),
            _line(LOAD, ARGUMENTS_AT + argument * ARGUMENT),
            _line(ANY_OF, WRITES, otherwise=1),
            _line(ANSWER, REFUSED),
            _line(ANSWER, ALLOWED),
        ]
    return [*lines, _line(ANSWER, ALLOWED)]


def _line(what: int, value: int, *, then: int = 0, otherwise: int = 0) -> bytes:
    """One instruction: of a question how many to leap over if so, and if not."""
    return struct.pack("HBBI", what, then, otherwise, value)
