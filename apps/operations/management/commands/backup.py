"""Makes a backup: the database and the files that it names, as of one moment, while people work."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.operations.domain.backing_up import BackupFailed, back_up
from apps.operations.domain.backups import forget_old


class Command(BaseCommand):
    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            made = back_up()
        except BackupFailed as failure:
            raise CommandError(str(failure)) from None
        forgotten = forget_old(settings.BACKUP_KEEP)
        told = made.manifest
        for name in told.missing:
            self.stderr.write(f"文件不在存储中，无法备份：{name}")
        self.stdout.write(
            f"{made.folder}：{told.rows:,} 行、{len(told.files):,} 个文件，用时 {told.seconds:g} 秒"
            + (f"；删除旧备份 {forgotten} 份。" if forgotten else "。")
        )
