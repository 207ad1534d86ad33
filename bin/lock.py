"""Re-makes `requirements.lock`: exact versions with hashes for every platform, and no index address.

bin/lock                 resolve anew, keeping versions that still fit
bin/lock --upgrade       the newest that fit
bin/lock --production    print the part that production needs, without test tools (the Dockerfile installs that)
bin/lock --components    print the table of components in docs/security/components.md; the first two write it there
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
COMPONENTS = ROOT / "docs" / "security" / "components.md"
BEGIN, END = "<!-- components -->\n", "<!-- /components -->\n"
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
PINNED = re.compile(r"==(?P<version>[^\s;]+)(?: ; (?P<where>[^\\\n]+?))?(?: \\)?$", re.MULTILINE)
PRODUCT, DEVELOPMENT = "fenliang (pyproject.toml)", "fenliang (pyproject.toml:dev)"
ASKED_FOR = {PRODUCT: "the product", DEVELOPMENT: "development"}


def main(arguments: list[str]) -> int:
    if arguments == ["--production"]:
        sys.stdout.write(production(LOCK.read_text(encoding="utf-8")))
        return 0
    if arguments == ["--components"]:
        sys.stdout.write(components(LOCK.read_text(encoding="utf-8")))
        return 0
    if subprocess.run([*UV, "--version"], check=False, capture_output=True).returncode:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "uv"], check=True)
    command = [*UV, *RESOLVE, *SILENT, *arguments, "pyproject.toml", "-o", LOCK.name]
    failed = subprocess.run(command, check=False, cwd=ROOT, stdout=subprocess.DEVNULL).returncode
    return failed or _write_components()


def _write_components() -> int:
    head, _, rest = COMPONENTS.read_text(encoding="utf-8").partition(BEGIN)
    tail = rest.partition(END)[2]
    table = components(LOCK.read_text(encoding="utf-8"))
    COMPONENTS.write_text(f"{head}{BEGIN}{table}{END}{tail}", encoding="utf-8")
    return 0


def components(lock: str) -> str:
    """Return a table of the lock in Markdown: each package, its version, where it goes, who asks for it, and when."""
    shipped = {match["name"] for match in ENTRY.finditer(production(lock))}
    rows = ["| Package | Version | Where | Asked for by | Installed |", "|---|---|---|---|---|"]
    for match in ENTRY.finditer(lock):
        name, entry = match["name"], match[0]
        pinned = PINNED.search(entry)
        version, only = (pinned["version"], pinned["where"] or "always") if pinned else ("", "")
        where = "production" if name in shipped else "development"
        asked = ", ".join(ASKED_FOR.get(by, by) for by in VIA.findall(entry) if by != "via")
        rows.append(f"| {name} | {version} | {where} | {asked} | {only} |")
    return "\n".join(rows) + "\n"


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
