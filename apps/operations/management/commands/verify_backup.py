"""In a restored place: compares it with its backup, runs every check, and keeps the result with the backup."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.operations.domain.backups import Backup
from apps.operations.domain.proving import prove


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *_args: Any, folder: Path, **_options: Any) -> None:
        backup = Backup.read(folder)
        proof = prove(backup)
        for difference in proof.differences:
            self.stderr.write(difference)
        if proof.differences:
            raise CommandError(f"发现 {len(proof.differences)} 处不一致。")
        told = backup.manifest
        self.stdout.write(
            f"{told.rows:,} 行、{len(told.files):,} 个文件与备份一致，各项核验通过，用时 {proof.seconds:g} 秒。"
        )
