"""Whether what was restored is what was backed up: counted and hashed here, and by the product's own checks.

Invariant: nothing is believed of the backup but its manifest. Run in the place that was restored, by its settings.
"""

import io
import time
from collections.abc import Iterator

from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone

from apps.operations.domain import backups, sql
from apps.operations.domain.backing_up import named_files
from apps.scope.context import whole_country

CHECKS = ("verify_totals", "verify_capacity", "verify_agreements", "verify_audit")
MOST, MOST_SAID = 20, 500
"""Differences that are told of each kind, and signs of what a check says."""


def prove(backup: backups.Backup) -> backups.Proof:
    """Compare this place with the manifest; the result stays with the backup."""
    began = time.monotonic()
    with whole_country(reason="a backup is proven whole"):
        differences = [*_rows(backup.manifest), *_files(backup.manifest)]
    differences += _checks()
    spent = round(time.monotonic() - began, 1)
    proof = backups.Proof(timezone.now().isoformat(), spent, differences)
    backups.write(backup.folder / backups.PROVEN, proof)
    return proof


def _rows(manifest: backups.Manifest) -> Iterator[str]:
    found = sql.digests()
    for table in sorted(manifest.tables.keys() | found.keys()):
        was, now = manifest.tables.get(table, [0, "—"]), found.get(table, [0, "—"])
        if was[0] != now[0]:
            yield f"{table}：备份时 {was[0]:,} 行，恢复后 {now[0]:,} 行"
        elif was != now:
            yield f"{table}：{now[0]:,} 行，内容与备份时不一致"


def _files(manifest: backups.Manifest) -> Iterator[str]:
    for name in sorted(named_files() ^ {*manifest.files, *manifest.missing})[:MOST]:
        yield f"{name}：备份清单与数据库不一致"
    wrong = (name for name, (_, digest) in manifest.files.items() if _digest(name) != digest)
    for _, name in zip(range(MOST), wrong, strict=False):
        yield f"{name}：文件缺失或内容不一致"


def _digest(name: str) -> str:
    try:
        with default_storage.open(name) as content:
            return backups.digest_of(content)
    except FileNotFoundError:
        return ""


def _checks() -> Iterator[str]:
    for name in CHECKS:
        said = io.StringIO()
        try:
            call_command(name, stdout=said, stderr=said)
        except CommandError as difference:
            yield f"{name}：{difference}{said.getvalue().strip()[-MOST_SAID:]}"
