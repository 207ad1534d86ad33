"""The export that the bench's workers run, and the workers: as production starts them, knowing the bench's lines."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from apps.accounts.models.roles import Permission
from apps.exchange.domain.exports import ExportSpec
from apps.exchange.domain.registry import register_export
from bin import processes
from tests.bench.sheets.lines import LINES, lines

LINE_EXPORT = register_export(
    ExportSpec(
        name="bench.lines",
        title="导出明细",
        workbook=LINES,
        rows=lambda context: {"明细": lines(context["count"])},
        count=lambda context: context["count"],
        permissions=(Permission.EXPORT,),
    )
)


@contextmanager
def worker() -> Iterator[subprocess.Popen[bytes]]:
    environment: Mapping[str, Any] = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.bench.sheets.worker_settings",
    }
    command = [sys.executable, "manage.py", "procrastinate", "--skip-checks", "worker"]
    child = processes.start(command, dict(environment))
    try:
        yield child
    finally:
        processes.stop([child])
