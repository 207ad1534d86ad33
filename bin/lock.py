"""Re-makes `requirements.lock`: exact versions with hashes for every platform, and no index address.

bin/lock                 resolve anew, keeping versions that still fit
bin/lock --upgrade       the newest that fit
bin/lock --production    print the part that production needs, without test tools (the Dockerfile installs that)
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
UV = [sys.executable, "-m", "uv"]
RESOLVE = (
    "pip",
    "compile",
    "--universal",
    "--python-version",
    "3.11",
    "--generate-hashes",
    "--group",
    "dev",
)
SILENT = ("--no-emit-index-url", "--no-emit-find-links", "--no-header", "--quiet")
ENTRY = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==.*(?:\n[ \t].*)*\n?", re.MULTILINE)
VIA = re.compile(r"^ +#\s+(?:via )?(?P<name>\S.*)$", re.MULTILINE)
PRODUCT = "fenliang (pyproject.toml)"


def main(arguments: list[str]) -> int:
    if arguments == ["--production"]:
        sys.stdout.write(production(LOCK.read_text(encoding="utf-8")))
        return 0
    if subprocess.run([*UV, "--version"], check=False, capture_output=True).returncode:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "uv"], check=True)
    command = [*UV, *RESOLVE, *SILENT, *arguments, "pyproject.toml", "-o", LOCK.name]
    return subprocess.run(command, check=False, cwd=ROOT, stdout=subprocess.DEVNULL).returncode


def production(lock: str) -> str:
    """Return the entries that the product needs itself or through others, by the lock's own `via` comments."""
    entries = {match["name"]: match[0] for match in ENTRY.finditer(lock)}
    wanted_by = {name: set(VIA.findall(entry)) for name, entry in entries.items()}
    needed = {PRODUCT}
    while more := {name for name, by in wanted_by.items() if by & needed} - needed:
        needed |= more
    return "".join(entry for name, entry in entries.items() if name in needed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
