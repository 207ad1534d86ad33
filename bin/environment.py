"""Makes `.venv` what `requirements.lock` says and runs a program of `bin/` in it.

Runs on any Python >= 3.11 without a single package. Invariant: every installed file has a hash in the lock;
an unchanged lock costs one look at a stamp.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VAR = Path(os.environ.get("VAR_DIR", ROOT / "var")).resolve()
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "installed"


def wanted_stamp() -> str:
    """Return what the stamp must say: this lock, installed at this place by this Python."""
    parts = (LOCK.read_bytes(), bytes(VENV), sys.version.encode(), sys.base_prefix.encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def make_environment() -> None:
    """Install what is missing; two programs that start at once wait for each other."""
    if _is_installed():
        return
    VAR.mkdir(parents=True, exist_ok=True)
    with (VAR / "environment.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _is_installed():
            return
        if not _is_usable():
            _provide_ensurepip()
            print("Making .venv …", file=sys.stderr, flush=True)
            subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
        print("Installing requirements.lock (a minute or two, once) …", file=sys.stderr, flush=True)
        # The lock is complete: what it doesn't name isn't needed, and nothing has to be resolved.
        options = (
            "-qq",
            "--disable-pip-version-check",
            "--no-input",
            "--require-hashes",
            "--no-deps",
        )
        subprocess.run([PYTHON, "-m", "pip", "install", *options, "-r", LOCK], check=True)
        STAMP.write_text(wanted_stamp())


def _is_installed() -> bool:
    return STAMP.exists() and STAMP.read_text() == wanted_stamp() and PYTHON.exists()


def _is_usable() -> bool:
    """Whether `.venv` stands where it was made (scripts know their place) and its Python runs."""
    probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    settings = VENV / "pyvenv.cfg"
    if not settings.exists() or str(VENV) not in settings.read_text():
        return False
    return subprocess.run([PYTHON, "-c", probe], check=False, capture_output=True).returncode == 0


def _provide_ensurepip() -> None:
    """Debian packs the module apart from Python itself."""
    if importlib.util.find_spec("ensurepip"):
        return
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(
            f"This Python cannot make a .venv. On Debian and Ubuntu: apt-get install {package}"
        )
    print(f"Installing Debian's {package} …", file=sys.stderr, flush=True)
    subprocess.run(["apt-get", "update", "-qq"], check=True)
    subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package], check=True
    )


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    """Let `subprocess.run` end its child, then go."""
    sys.exit(128 + number)


def main(program: str, arguments: list[str]) -> NoReturn:
    """Become the program: same process, so that signals reach it."""
    os.umask(0o022)
    os.chdir(ROOT)
    signal.signal(signal.SIGTERM, _leave)
    try:
        make_environment()
    except subprocess.CalledProcessError as failure:
        sys.exit(f"{program}: setting up .venv failed ({failure.returncode}).")
    except KeyboardInterrupt:
        sys.exit(130)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.execv(PYTHON, [str(PYTHON), "-m", f"bin.{program}", *arguments])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
