"""Checks a case (案卷) without network, platform or anything beyond Python's standard library (3.8 or later).

    python3 verify.py [the ZIP, or the folder it was unpacked to]

It shares nothing with the platform: every figure is worked out anew from what the files say. Ends with 0 if all of it
agrees, 1 if not, 2 if there is nothing to check. What is made with the platform's keys is named: it isn't checked here.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

MANIFEST, SEAL, CASE = "manifest.sha256", "seal.txt", "/filing.json"
ENTRY = re.compile(r"([0-9a-f]{64})  ([!-~]+)")
SEALED = re.compile(r"sha256 ([0-9a-f]{64})\ncode ([0-9A-Z-]+)\nsum ([0-9a-f]{64})\n")
REPORTED = ("submitted", "approved")
HASHED = (
    "previous_hash", "filing_id", "sequence", "at", "action", "source", "target", "actor_id", "actor_name",
    "organization_name", "on_behalf_of", "reason", "deadline", "request_id",
)  # fmt: skip
DAMAGE = (
    zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, KeyError, TypeError, IndexError,
    AttributeError, ArithmeticError, RuntimeError, NotImplementedError,
)  # fmt: skip


class Archive:
    """The files of a ZIP by name."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path)

    def names(self) -> list[str]:
        return [name for name in self._zip.namelist() if not name.endswith("/")]

    def open(self, name: str) -> IO[bytes]:
        return self._zip.open(name)


class Folder:
    """The same, unpacked."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> list[str]:
        found = (path for path in self._path.rglob("*") if path.is_file() and path.name[0] != ".")
        return [path.relative_to(self._path).as_posix() for path in found]

    def open(self, name: str) -> IO[bytes]:
        return (self._path / name).open("rb")


def check(source: Any, more: list[str]) -> Iterator[str]:
    """Every place where the case doesn't agree with itself; `more` is told what can't be checked here."""
    manifest = source.open(MANIFEST).read()
    lines = manifest.decode("ascii").split("\n")
    entries = [ENTRY.fullmatch(line) for line in lines[:-1]]
    if lines[-1] or not all(entries):
        yield f"清单（{MANIFEST}）的格式被改动"
        return
    listed = {entry[2]: entry[1] for entry in entries if entry}
    found = [
        *_names(source.names(), listed, len(entries)),
        *_seal(source.open(SEAL).read().decode("ascii"), manifest, more),
        *(problem for name in listed for problem in _file(source, name, listed[name])),
    ]
    yield from found or _cases(source, listed, more)


def _cases(source: Any, listed: dict[str, str], more: list[str]) -> Iterator[str]:
    seals: set[int] = set()
    letters = 0
    for name in listed:
        if name.endswith(CASE):
            case = json.loads(source.open(name).read().decode("utf-8"))
            seals |= {seal["number"] for seal in case["seals"]}
            letters += len(case["attachments"])
            for problem in check_case(case, name[: -len(CASE)], listed):
                yield f"{name}：{problem}"
    if seals:
        numbers = "、".join(str(number) for number in sorted(seals))
        more.append(f"审核记录所在的审计封印第 {numbers} 号：由审计管理员在平台上核验")
    if letters:
        more.append(f"{letters} 份附件的电子签章和各页校验码：用签章软件和“文件查验”核对")


def _names(there: list[str], listed: dict[str, str], entries: int) -> Iterator[str]:
    known = {*listed, MANIFEST, SEAL}
    if len(listed) != entries or len(set(there)) != len(there):
        yield "有重复的文件名"
    for name in sorted(known - set(there)):
        yield f"缺少文件 {name}"
    for name in sorted(set(there) - known):
        yield f"多出清单中没有的文件 {name}"


def _seal(said: str, manifest: bytes, more: list[str]) -> Iterator[str]:
    seal = SEALED.fullmatch(said)
    if not seal or seal[3] != _sha(said.rsplit("sum ", 1)[0].encode()):
        yield f"{SEAL} 被改动"
    elif seal[1] != _sha(manifest):
        yield f"清单（{MANIFEST}）被改动"
    else:
        more.append(f"校验码 {seal[2]}：在平台“文件查验”中查询，数据摘要应为 {seal[1]}")


def _file(source: Any, name: str, digest: str) -> Iterator[str]:
    whole = hashlib.sha256()
    try:
        with source.open(name) as file:
            for part in iter(lambda: file.read(1 << 20), b""):
                whole.update(part)
    except DAMAGE:
        yield f"文件 {name} 损坏或读不出来"
        return
    if whole.hexdigest() != digest:
        yield f"文件 {name} 被改动"


def check_case(case: dict[str, Any], folder: str, listed: dict[str, str]) -> Iterator[str]:
    """One filing: its chain of events, its versions, its papers, what stands now."""
    yield from _events(case)
    if not case["withheld"]:
        yield from _versions(case)
        yield from _papers(case, folder, listed)
        yield from _standing(case)


def _events(case: dict[str, Any]) -> Iterator[str]:
    before, status, filing = "", "draft", case["filing"]
    for place, event in enumerate(case["events"], start=1):
        where = f"第 {place} 步"
        if event["sequence"] != place or event["filing_id"] != filing["id"]:
            yield where + "：序号或申报单不符，有步骤缺失"
        if event["source"] != status:
            yield where + "：原状态不是上一步的新状态"
        if event["previous_hash"] != before:
            yield where + "：没有接在上一步之后"
        if event["hash"] not in (_hashed(event, HASHED), _hashed(event, HASHED[:-1])):
            yield where + "：内容被改动"
        before, status = event["hash"], event["target"]
    if (filing["status"], filing["version"]) != (status, len(case["events"])):
        yield "申报单的状态或版本不是最后一步所记录的"


def _hashed(event: dict[str, Any], names: tuple[str, ...]) -> str:
    values = [
        _seconds(event[name]) if name in ("at", "deadline") else event[name] for name in names
    ]
    return _sha(json.dumps(values, ensure_ascii=False).encode())


def _seconds(moment: str | None) -> float | None:
    return datetime.fromisoformat(moment).timestamp() if moment else None


def _versions(case: dict[str, Any]) -> Iterator[str]:
    """Each report has its event and each event that reports has its report, of an institution."""
    reporting = [
        event["sequence"]
        for event in case["events"]
        if event["target"] in REPORTED and event["source"] not in REPORTED
    ]
    numbers = [version["number"] for version in case["versions"]]
    if case["is_institution"] and numbers != reporting:
        yield f"上报版本 {numbers} 与审核记录中的上报 {reporting} 不一致"
    if case["kind"] == "allocation":
        return
    for version in case["versions"]:
        told, found = version["claims"], _counted(version["lines"])
        for name in found:
            if told[name] != found[name]:
                what = f"第 {version['number']} 版：{name} 记为 {told[name]}"
                yield f"{what}，按明细重算为 {found[name]}"


def _counted(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """What a report of demand says of itself; amounts in yuan and fen, each line rounded half up."""
    priced = [line for line in lines if line["price"] and line["planned"] is not None]
    fen = sum(_fen(line["price"], line["pack"], line["planned"]) for line in priced)
    return {
        "lines": len(lines),
        "wanted": sum(1 for line in lines if (line["planned"] or 0) > 0),
        "explained": sum(
            1 for line in lines if line["reason"] not in ("", "other") or line["explanation"]
        ),
        "amount": _yuan(fen) if priced else None,
    }


def _fen(price: str, pack: int, quantity: int) -> int:
    over, under = Decimal(price).as_integer_ratio()
    return (200 * over * quantity + under * pack) // (2 * under * pack)


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"


def _papers(case: dict[str, Any], folder: str, listed: dict[str, str]) -> Iterator[str]:
    """Signed papers are there, and of the numbers of the version that they were reported with."""
    versions = {version["number"]: version for version in case["versions"]}
    for paper in case["attachments"]:
        where = f"附件 {paper['name']}"
        if paper["file"] is None or f"{folder}/{paper['file']}" not in listed:
            yield where + "：没有随案卷提供"
        if case["kind"] == "allocation" or case["attachment_rule"] != "summary":
            continue
        for number in paper["versions"]:
            if paper["data_hash"] != fingerprint(case, versions[number]["lines"]):
                yield f"{where}：数据摘要与第 {number} 版的数量不一致"


def fingerprint(case: dict[str, Any], lines: list[dict[str, Any]]) -> str:
    """SHA-256 over project, unit, items and quantities, as the signed paper was uploaded for."""
    told = sorted((line["item"], line["planned"]) for line in lines if line["planned"] is not None)
    quantities = ",".join(f"{item}={planned}" for item, planned in told)
    return _sha(f"{case['project']['id']}/{case['unit']['id']}:{quantities}".encode())


def _standing(case: dict[str, Any]) -> Iterator[str]:
    """Agreed volumes are the sums of the lines, their amounts of the sums; the lines are those reported last."""
    standing = case["standing"]
    if not standing:
        return
    sums: dict[int, list[int]] = {}
    for line in standing["lines"]:
        if line["contract"]:
            sums.setdefault(line["product"], []).append(line["contract"])
    totals = {total["product"]: total for total in standing["totals"]}
    for product in sorted(set(sums) | set(totals)):
        total, parts = totals.get(product), sums.get(product, [])
        if not total or (total["quantity"], total["lines"]) != (sum(parts), len(parts)):
            yield f"产品 {product} 的协议采购量与明细之和不一致"
        elif total["amount"] != _yuan(_fen(total["price"], total["pack"], total["quantity"])):
            yield f"产品 {product} 的合同金额与重算的不一致"
    if case["versions"] and not standing["moved"]:
        chosen = [line for line in standing["lines"] if line["slot"] != "selected"]
        if _named(chosen) != _named(case["versions"][-1]["lines"]):
            yield "现在的合同量与最后一次上报的不一致"


def _named(lines: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return sorted((line["row"], line["slot"], line["product"], line["contract"]) for line in lines)


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def main(arguments: list[str]) -> int:
    tell = sys.stdout.write
    path = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    if not path.exists():
        tell(f"找不到 {path}\n")
        return 2
    more: list[str] = []
    try:
        source = Folder(path) if path.is_dir() else Archive(path)
        problems = list(check(source, more))
    except DAMAGE as error:
        problems = [f"案卷损坏或被改动：{error!r}"]
    for problem in problems:
        tell(f"× {problem}\n")
    if problems:
        tell(f"核验不通过：{len(problems)} 处不一致。\n")
        return 1
    tell("核验通过：全部文件与清单一致，审核记录、上报版本和附件前后相符。\n")
    tell("以下内容由平台的密钥生成，离线不能核验：\n")
    tell("".join(f"- {line}\n" for line in more))
    return 0


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    sys.exit(main(sys.argv[1:]))
