"""Static files under names that carry a hash of their content, those that scripts import as well, and in bundles."""

from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import (  # type: ignore[import-untyped]
    CompressedManifestStaticFilesStorage,
)

FOR_ALL = 0o644
"""Whoever collects them, web and nginx read them; uploads are nobody else's (`FILE_UPLOAD_PERMISSIONS`)."""


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Browsers keep them for ever, so a module that changes needs another name wherever it is imported."""

    support_js_module_import_aggregation = True
    has_bundles = True

    def post_process(
        self,
        paths: dict[str, Any],
        dry_run: bool = False,  # noqa: FBT001, FBT002 Django's signature
        **options: Any,
    ) -> Iterator[Any]:
        """The bundles are written beside what was collected, and get names and compressed copies like it."""
        if not dry_run:
            from apps.ui import bundles  # noqa: PLC0415 settings name this module

            for name, text in bundles.written():
                self.delete(name)
                self.save(name, ContentFile(text.encode()))
                paths[name] = (self, name)
        yield from super().post_process(paths, dry_run, **options)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._known: dict[str, str] = {}
        super().__init__(*args, **{"file_permissions_mode": FOR_ALL, **kwargs})

    def url(self, name: str, force: bool = False) -> str:  # noqa: FBT001, FBT002 - Django's signature
        """Found once: a page names two dozen files, and their names change by `collectstatic` alone."""
        if name not in self._known:
            self._known[name] = super().url(name, force)
        return self._known[name]

    def save_manifest(self) -> None:
        self._known.clear()
        super().save_manifest()
