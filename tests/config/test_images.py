"""What the images' own commands need of Debian; docs/operations/cluster.md tells which were carried out."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile

from config.static_storage import StaticStorage

ROOT = Path(settings.BASE_DIR)
MASTERS = Path("/usr/share/base-passwd")
DOCKERFILES = ("Dockerfile", "deploy/compose/Dockerfile")


ACCOUNT = re.compile(r"useradd --uid (\d+) .*? (\w+)(?= *(?:&&|$))", re.MULTILINE)
GROUP = re.compile(r"groupadd --gid (\d+) (\w+)")


def taken() -> tuple[set[str], set[str]]:
    """Names and numbers of the accounts and groups that every Debian has."""
    lines = [
        line.split(":")
        for kind in ("passwd", "group")
        for line in (MASTERS / f"{kind}.master").read_text("utf-8").splitlines()
    ]
    return {name for name, *_ in lines}, {number for _, _, number, *_ in lines}


@pytest.mark.parametrize("dockerfile", DOCKERFILES)
def test_no_account_or_group_is_made_that_every_debian_has(dockerfile):
    if not MASTERS.exists():
        pytest.skip("not a Debian")
    names, numbers = taken()
    text = (ROOT / dockerfile).read_text("utf-8").replace("\\\n", "")
    made = ACCOUNT.findall(text) + GROUP.findall(text)

    assert made
    assert not names & {name for _, name in made}
    assert not numbers & {number for number, _ in made}


def test_what_one_account_collected_others_read(tmp_path):
    """The image is built by root; web and nginx are others there."""
    static = StaticStorage(location=tmp_path, base_url="/static/")
    static.save("css/a.css", ContentFile(b"a {}"))
    static.save_manifest()

    for path in (tmp_path / "css" / "a.css", tmp_path / "staticfiles.json"):
        assert path.stat().st_mode & 0o777 == 0o644


def test_web_needs_no_home(tmp_path):
    """Its account has none in the image, and may not see it under systemd."""
    nowhere = {**os.environ, "HOME": str(tmp_path / "nobody"), "XDG_RUNTIME_DIR": ""}
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "--print-config"]
    done = subprocess.run(
        command, env=nowhere, cwd=ROOT, check=False, capture_output=True, text=True
    )

    assert re.search(r"control_socket_disable\s+= True", done.stdout), done.stderr
