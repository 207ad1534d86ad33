"""What the process of one file may still read: the code that opens files, and nothing else of this machine.

Invariant: no file of ours, of another upload or of another process (`/proc`) is opened after `keep_to`. It is the
kernel's Landlock, asked for by its own numbers, the same on every processor; a kernel without it leaves things as they
are, and whatever was opened before stays open.
"""

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

CREATE, ADD, RESTRICT = 444, 445, 446
BENEATH = 1
EVERYTHING = (1 << 13) - 1  # of the first version; later ones add truncation and devices
READ = 1 << 2 | 1 << 3  # files and folders
KEEP = READ | 1 << 1 | 1 << 5 | 1 << 8  # write, remove and make files
NO_NEW_PRIVILEGES = 38


def keep_to(folder: str = "") -> bool:
    """Read code alone from now on, and keep files in `folder`; whether this kernel can."""
    kernel = ctypes.CDLL(None, use_errno=True)
    handled = ctypes.c_uint64(EVERYTHING)
    rules = kernel.syscall(CREATE, ctypes.byref(handled), ctypes.sizeof(handled), 0)
    if rules < 0:
        return False
    try:
        for place in _code():
            _allow(kernel, rules, place, READ)
        if folder:
            _allow(kernel, rules, folder, KEEP)
        kernel.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        return not kernel.syscall(RESTRICT, rules, 0)
    finally:
        os.close(rules)


def _code() -> Iterable[str]:
    """Python, its packages, the system's libraries and fonts, and our apps: some are imported late."""
    return {
        sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64", str(Path(__file__).resolve().parents[1])
    }  # fmt: skip


def _allow(kernel: ctypes.CDLL, rules: int, place: str, what: int) -> None:
    with suppress(FileNotFoundError):
        opened = os.open(place, os.O_PATH | os.O_CLOEXEC)
        try:
            rule = struct.pack("=QI", what, opened)
            kernel.syscall(ADD, rules, BENEATH, ctypes.c_char_p(rule), 0)
        finally:
            os.close(opened)
