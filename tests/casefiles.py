"""Cases (案卷) in tests: made as pages make them, checked as whoever gets one checks it, tampered with."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.review.files.casefiles import verify
from apps.review.files.casefiles.writing import write_casefile
from apps.review.models import Filing
from apps.scope.context import enter

Members = dict[str, bytes]


def case_of(filing: Filing, reader: User) -> bytes:
    """The ZIP that the reader gets."""
    file = io.BytesIO()
    with enter(scope_of(reader)):
        top = Filing.objects.select_related("project", "organization").get(pk=filing.pk)
        write_casefile(file, top, by=Actor.of(reader))
    return file.getvalue()


def members(content: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: Members) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def told(content: bytes, code: str) -> dict[str, Any]:
    """What the case says of a unit's filing."""
    found: dict[str, Any] = json.loads(members(content)[f"filings/{code}/filing.json"])
    return found


def problems(files: Members) -> list[str]:
    """What the check finds, run here."""
    try:
        return list(verify.check(verify.Archive(io.BytesIO(packed(files))), []))  # type: ignore[arg-type]
    except verify.DAMAGE as error:
        return [repr(error)]


def checked_offline(content: bytes, folder: Path) -> tuple[int, str]:
    """The script out of the ZIP, run by a Python that knows nothing of us; its status and its words."""
    script, case = folder / "verify.py", folder / "case.zip"
    script.write_bytes(members(content)["verify.py"])
    case.write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-I", str(script), str(case)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder,
        env={"PYTHONUTF8": "1"},
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def rewritten(content: bytes, code: str, change: Callable[[dict[str, Any]], Any]) -> Members:
    """A case in which somebody changed what it says, and made the list of files and its seal anew."""
    files = members(content)
    name = f"filings/{code}/filing.json"
    case = json.loads(files[name])
    change(case)
    files[name] = json.dumps(case, ensure_ascii=False).encode()
    listed = [each for each in files if each not in (verify.MANIFEST, verify.SEAL)]
    lines = [f"{hashlib.sha256(files[each]).hexdigest()}  {each}\n" for each in listed]
    files[verify.MANIFEST] = "".join(lines).encode()
    said = f"sha256 {hashlib.sha256(files[verify.MANIFEST]).hexdigest()}\ncode AAAAA-AAAAA\n"
    files[verify.SEAL] = f"{said}sum {hashlib.sha256(said.encode()).hexdigest()}\n".encode()
    return files
