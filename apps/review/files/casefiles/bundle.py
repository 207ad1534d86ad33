"""The ZIP of a case under way, and the list of its files.

Invariant: every file but the list and its seal stands in the list with its SHA-256, and the seal names the list's.
"""

import hashlib
import io
import json
import tempfile
import zipfile
from contextlib import closing
from types import TracebackType
from typing import IO, Any, Self

from django.core.serializers.json import DjangoJSONEncoder

from apps.review.files.casefiles.verify import ENTRY, MANIFEST, SEAL

STEP = 1 << 20


class Bundle:
    """Files are written one after the other, in constant memory."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self._list = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the bundle)
        self._digest = hashlib.sha256()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _at: TracebackType | None,
    ) -> None:
        with closing(self._zip), self._list:
            pass

    def add(self, name: str, content: IO[bytes] | bytes) -> None:
        """Raises `ValueError` for a name that is not plain."""
        digest = self._write(name, content)
        line = f"{digest}  {name}\n"
        if not ENTRY.fullmatch(line[:-1]):
            raise ValueError(f"Not a plain name: {name}")
        self._list.write(line.encode())
        self._digest.update(line.encode())

    def add_json(self, name: str, said: Any) -> None:
        text = json.dumps(said, cls=_Exact, ensure_ascii=False, sort_keys=True, indent=1)
        self.add(name, text.encode())

    @property
    def digest(self) -> str:
        """Of the list of files so far."""
        return self._digest.hexdigest()

    def seal(self, code: str) -> None:
        """The last two files: the list, and what stands for it."""
        self._list.seek(0)
        self._write(MANIFEST, self._list)
        said = f"sha256 {self.digest}\ncode {code}\n"
        whole = hashlib.sha256(said.encode()).hexdigest()
        self._write(SEAL, f"{said}sum {whole}\n".encode())

    def _write(self, name: str, content: IO[bytes] | bytes) -> str:
        source = io.BytesIO(content) if isinstance(content, bytes) else content
        digest = hashlib.sha256()
        with self._zip.open(name, "w") as target:
            while part := source.read(STEP):
                digest.update(part)
                target.write(part)
        return digest.hexdigest()


class _Exact(DjangoJSONEncoder):
    """Moments to the microsecond: hashes are over them."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)
