"""Whether sealed rows still are what was sealed: recomputed from what the tables hold, by a way of its own.

Nothing here shares a definition with `sealing`: rows come as text from the database instead of through models, and are
put into form here. What both have in common is the written form of decision 0068, and tests hold both to it.
"""

import gzip
import json
import zlib
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Max, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.audit.domain import sql
from apps.audit.domain.anchors import anchor_file, anchored
from apps.audit.domain.clearing import LEAST_DAYS, archive_folder
from apps.audit.domain.keys import ALGORITHMS, code_of, digest_of, known_keys
from apps.audit.domain.streams import STREAMS
from apps.audit.models import ClearedSegment, Seal

SHAPE = "%Y-%m-%dT%H:%M:%S.%f"
EARLY, LATE = timedelta(days=1), timedelta(minutes=5)
"""How far a row's own moment may lie before what was sealed already, or after its seal: rows of long jobs, clocks."""
RUN = timedelta(hours=12)
"""Seals this close together may have been made in one run, over rows that had waited for it."""
LOWEST = -(2**63)
YOUNG = timedelta(minutes=5)
"""A seal of this age may not be anchored yet."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What is not as it was sealed; `seal` is the number of the seal that shows it, if it is one."""

    what: str
    seal: int | None = None


@dataclass
class Check:
    """One pass over all seals, in their order. `rows` counts what was recomputed."""

    now: datetime = field(default_factory=timezone.now)
    rows: int = 0
    upto: int = 0
    _previous: str = ""
    _last_at: datetime | None = None
    _sealed: dict[str, int] = field(default_factory=dict)
    _recent: dict[str, deque[datetime]] = field(default_factory=lambda: defaultdict(deque))
    _earlier: dict[str, datetime] = field(default_factory=dict)
    _before: datetime | None = None
    _moments: dict[str, set[str]] = field(default_factory=dict)

    def differences(self) -> Iterator[Difference]:
        """Every place where rows, seals and anchor don't agree."""
        anchors, doubts = _anchors()  # first: a seal made meanwhile is only not anchored yet
        head = Seal.objects.aggregate(head=Max("number"))["head"] or 0
        yield from (Difference(doubt) for doubt in doubts)
        if head and not anchor_file().exists():
            yield Difference("锚定文件不存在")
        if lost := [number for number in anchors if number > head]:
            yield Difference(
                f"锚定文件中有第 {min(lost):,} 至 {max(lost):,} 号封印，数据库里没有：尾部被删除或清空"
            )
        for stream in STREAMS.values():
            if sql.rows_as_text(stream.model, after=LOWEST, upto=0):
                yield Difference(f"{stream.title}有编号不大于 0 的记录：不是由平台写入的")
        cleared = dict(ClearedSegment.objects.values_list("seal_id", "at"))
        for seal in Seal.objects.filter(number__lte=head).order_by("number").values().iterator():
            for what in self._of_seal(seal, anchors.get(seal["number"]), cleared):
                yield Difference(what, seal["number"])
            self._pass(seal)

    def _pass(self, seal: Mapping[str, Any]) -> None:
        self.upto, self._previous, self._last_at = seal["number"], seal["mac"], seal["at"]
        self._sealed[seal["stream"]] = seal["upto"]
        self._recent[seal["stream"]].append(seal["at"])

    def _of_seal(
        self,
        seal: Mapping[str, Any],
        anchor: tuple[str, str] | None,
        cleared: Mapping[int, datetime],
    ) -> Iterator[str]:
        self._before = self._sealed_before(seal)
        yield from self._chain(seal)
        yield from self._code(seal)
        yield from self._anchor(seal, anchor)
        if seal["stream"] not in STREAMS or seal["algorithm"] not in ALGORITHMS:
            yield "封印所属的记录或算法不存在"
        elif seal["number"] in cleared:
            yield from self._cleared(seal, cleared[seal["number"]])
        else:
            yield from self._content(seal)

    def _chain(self, seal: Mapping[str, Any]) -> Iterator[str]:
        if seal["number"] != self.upto + 1:
            yield f"缺少第 {self.upto + 1} 号封印"
        elif seal["previous"] != self._previous:
            yield "没有接在前一封印之后"
        if seal["after"] != self._sealed.get(seal["stream"], 0):
            yield "没有接在同一记录前一封印的最后一条之后"
        if (self._last_at and seal["at"] < self._last_at) or seal["at"] > self.now + LATE:
            yield "封存时间早于前一封印，或晚于现在"

    @staticmethod
    def _code(seal: Mapping[str, Any]) -> Iterator[str]:
        secret = known_keys().get(seal["key_id"])
        if secret is None:
            yield f"封印所用的密钥 {seal['key_id']} 不在配置中，无法核验"
            return
        lines = [
            str(seal["number"]), seal["stream"], str(seal["after"]), str(seal["upto"]), str(seal["count"]),
            seal["columns"], _moment(seal["earliest"]), _moment(seal["latest"]), seal["content"], seal["previous"],
            _moment(seal["at"]), seal["algorithm"], seal["key_id"],
        ]  # fmt: skip
        if seal["algorithm"] in ALGORITHMS and seal["mac"] != code_of(
            "\n".join(lines).encode(), secret=secret, algorithm=seal["algorithm"]
        ):
            yield "封印被改动，或不是用本平台的密钥加盖的"

    def _anchor(self, seal: Mapping[str, Any], anchor: tuple[str, str] | None) -> Iterator[str]:
        if anchor is None:
            if seal["at"] < self.now - YOUNG:
                yield "锚定文件中没有这个封印"
        elif anchor != (seal["content"], seal["mac"]):
            yield "与锚定文件中的封印不同：记录被改写后重新封存过"

    def _content(self, seal: Mapping[str, Any]) -> Iterator[str]:
        stream = STREAMS[seal["stream"]]
        most = seal["count"] + 1
        rows = sql.rows_as_text(stream.model, after=seal["after"], upto=seal["upto"], most=most)
        self.rows += len(rows)
        where = f"{stream.title}编号 {seal['after'] + 1:,} 至 {seal['upto']:,}"
        if len(rows) != seal["count"]:
            if cleared := ClearedSegment.objects.filter(seal_id=seal["number"]).first():
                yield from self._cleared(seal, cleared.at)  # meanwhile
                return
            now = f"只有 {len(rows):,} 条" if len(rows) < seal["count"] else "多于此数"
            yield f"{where}：封存时 {seal['count']:,} 条，现在{now}"
            return
        columns, moments = seal["columns"].split(","), self._moments_of(stream.model._meta.db_table)
        if missing := [name for name in columns if name not in rows[0][1]]:
            yield f"{where}：字段 {missing[0]} 已不存在"
            return
        lines = [_line(row, columns, moments) for _, row in rows]
        if digest_of(lines, seal["algorithm"]) != seal["content"]:
            yield f"{where}：内容被改动"
        yield from self._times(seal, [datetime.fromisoformat(row["at"]) for _, row in rows], where)

    def _times(
        self, seal: Mapping[str, Any], times: Sequence[datetime], where: str
    ) -> Iterator[str]:
        earliest, latest = min(times), max(times)
        if (earliest, latest) != (seal["earliest"], seal["latest"]):
            yield f"{where}：时间与封存时不同"
        before = self._before
        if (before and earliest < before - EARLY) or latest > seal["at"] + LATE:
            yield f"{where}：有记录的时间不在封存的时段内（倒签或预签）"

    def _sealed_before(self, seal: Mapping[str, Any]) -> datetime | None:
        """When the record was last sealed in an earlier run: until then its older rows were all under seal."""
        recent = self._recent[seal["stream"]]
        while recent and recent[0] <= seal["at"] - RUN:
            self._earlier[seal["stream"]] = recent.popleft()
        return self._earlier.get(seal["stream"])

    def _cleared(self, seal: Mapping[str, Any], at: datetime) -> Iterator[str]:
        """Past its time, nothing left in the table, and the archive is what was sealed."""
        stream = STREAMS[seal["stream"]]
        if at - seal["latest"] < timedelta(days=LEAST_DAYS):
            yield "记录未满最短保存期就被清理"
        if sql.rows_as_text(stream.model, after=seal["after"], upto=seal["upto"]):
            yield "已清理的记录重新出现"
        file = archive_folder() / f"{seal['number']:010}.jsonl.gz"
        if not file.exists():
            yield f"归档文件 {file.name} 不存在"
            return
        try:
            with gzip.open(file, "rb") as lines:
                content = digest_of(lines, seal["algorithm"])
        except (OSError, EOFError, zlib.error):
            content = ""
        if content != seal["content"]:
            yield f"归档文件 {file.name} 的内容与封存时不同"

    def _moments_of(self, table: str) -> set[str]:
        if table not in self._moments:
            self._moments[table] = sql.moments_of(table)
        return self._moments[table]


def _anchors() -> tuple[dict[int, tuple[str, str]], list[str]]:
    """Content and code by number, as the file has them, and what is wrong with the file itself."""
    anchors: dict[int, tuple[str, str]] = {}
    doubts: list[str] = []
    for place, line in enumerate(anchored(), start=1):
        number = line.get("number")
        if not isinstance(number, int) or (anchors and number <= next(reversed(anchors))):
            doubts.append(f"锚定文件第 {place:,} 行无法读取、重复或颠倒")
        else:
            anchors[number] = (str(line.get("content")), str(line.get("mac")))
    return anchors, doubts


def unsealed() -> dict[str, int]:
    """By title of the record, how many rows have no seal yet; at most 1,000 of each are counted."""
    waiting: dict[str, int] = {}
    for stream in STREAMS.values():
        seals = Seal.objects.filter(stream=stream.name).order_by("-number")
        upto = Coalesce(Subquery(seals.values("upto")[:1]), 0)
        rows = stream.rows().filter(pk__gt=upto)
        if count := rows.order_by()[:1_000].count():
            waiting[stream.title] = count
    return waiting


def _line(row: Mapping[str, str | None], columns: Iterable[str], moments: set[str]) -> bytes:
    texts = [
        _moment(datetime.fromisoformat(text)) if name in moments and text else text
        for name in columns
        for text in [row[name]]
    ]
    return f"{json.dumps(texts, ensure_ascii=False, separators=(',', ':'))}\n".encode()


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime(SHAPE)
