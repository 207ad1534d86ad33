"""What the images' own commands need of Debian; docs/operations/cluster.md tells which were carried out."""

import re
from pathlib import Path

import pytest
from django.conf import settings

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
