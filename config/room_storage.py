"""Where uploads and results lie: those of a sandbox in a folder of its own, which goes with it.

Invariant: within a sandbox no file outside its folder is written or deleted; what its rows took over from the real
ones is read where it lies.
"""

from typing import Any

from django.core.files.storage import FileSystemStorage, Storage

from apps.scope.sandbox import current_sandbox

FOLDER = "rehearsals"


def folder_of(number: int) -> str:
    return f"{FOLDER}/{number}"


class InRoom(Storage):
    """A storage that knows of sandboxes."""

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        return str(super().save(_placed(name or content.name), content, max_length=max_length))

    def delete(self, name: str) -> None:
        if name == _placed(name):
            super().delete(name)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        folders, files = super().listdir(_placed(path))
        return folders, files


class FileStorage(InRoom, FileSystemStorage):
    """Under `MEDIA_ROOT`."""


def _placed(name: str) -> str:
    sandbox = current_sandbox()
    if sandbox is None:
        return name
    folder = folder_of(sandbox.number)
    return name if name.startswith(f"{folder}/") else f"{folder}/{name}"
