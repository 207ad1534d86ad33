"""What the pages of a signed document say of themselves, held against the data that they vouch for.

Invariants: only a QR code that was read from a page speaks, and only if its check code is true and of this very
document; what the file says in its properties counts for nothing. Kept with the upload, compared whenever it is shown:
numbers that change afterwards make 不一致 of 一致.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import chain

from apps.exchange.domain.issued import digests_of
from apps.exchange.files.check_codes import Printed, in_qr

FOREIGN, OLD = "-", "old:"
"""Kept of a page: the digest that its code vouches for, after `OLD` if an old code says it; `FOREIGN`; or nothing."""


class Verdict(Enum):
    """Of a page: label and tone."""

    SAME = "一致", "success"
    SAME_OLD = "一致（旧码）", "success"
    OTHER = "不一致", "danger"
    UNREAD = "读不到", "neutral"

    @property
    def label(self) -> str:
        return self.value[0]

    @property
    def tone(self) -> str:
        return self.value[1]


@dataclass(frozen=True, slots=True)
class PageCodes:
    """The pages of one file against the digest of what it should say. Empty: nobody read them when it was uploaded."""

    verdicts: tuple[Verdict, ...]

    @property
    def groups(self) -> list[tuple[Verdict, str]]:
        """Pages by verdict, in words: 第 1–3、5 页."""
        numbers = {
            verdict: [number for number, own in enumerate(self.verdicts, 1) if own is verdict]
            for verdict in Verdict
        }
        return [(verdict, in_words(own)) for verdict, own in numbers.items() if own]

    @property
    def status(self) -> tuple[str, str]:
        """Label and tone of all of it: the worst page counts."""
        counts = dict(self.groups)
        if Verdict.OTHER in counts:
            return f"校验码不一致：{counts[Verdict.OTHER]}", "danger"
        read = len(self.verdicts) - self.verdicts.count(Verdict.UNREAD)
        if not read:
            return "校验码读不到，请对照纸面", "neutral"
        old = "（旧码）" if Verdict.SAME_OLD in counts else ""
        if Verdict.UNREAD in counts:
            return f"校验码一致{old}，{counts[Verdict.UNREAD]}读不到", "warning"
        return f"校验码一致{old}", "success"

    @property
    def is_contradicted(self) -> bool:
        return Verdict.OTHER in self.verdicts


def kept_of(codes: Sequence[Sequence[str]], *, kind: str, subject: str) -> list[str]:
    """What is kept of the texts that were read from each page of a document of `subject`. One statement."""
    said = [[printed for text in page if (printed := in_qr(text))] for page in codes]
    wanted = set(chain.from_iterable(said))
    known = digests_of(wanted, kind=kind, subject=subject) if wanted else {}
    return [_kept(page, known) for page in said]


def _kept(page: Iterable[Printed], known: dict[Printed, str]) -> str:
    """Of a page; codes that contradict each other are of nobody."""
    entries = {_entry(printed, known.get(printed)) for printed in page}
    if len(entries) > 1:
        return FOREIGN
    return entries.pop() if entries else ""


def _entry(printed: Printed, digest: str | None) -> str:
    if digest is None:
        return FOREIGN
    return digest if printed.code else OLD + digest


def held_against(kept: Sequence[str], digest: str) -> PageCodes:
    """Every page against the digest of what the document should say now."""
    return PageCodes(tuple(_verdict(entry, digest) for entry in kept))


def _verdict(entry: str, digest: str) -> Verdict:
    if not entry:
        return Verdict.UNREAD
    if entry == OLD + digest:
        return Verdict.SAME_OLD
    return Verdict.SAME if entry == digest else Verdict.OTHER


def in_words(pages: Sequence[int]) -> str:
    """`第 1–3、5 页` of rising numbers."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and runs[-1][-1] == page - 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    shown = [f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]
    return f"第 {'、'.join(shown)} 页"
