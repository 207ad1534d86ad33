import importlib.util
import json
import re
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest

from apps.ui.icons import known_icons

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "static"
VENDOR = STATIC / "vendor"
OWN_CSS = sorted((STATIC / "css").rglob("*.css"))
OWN_JS = sorted((STATIC / "js").rglob("*.js"))
# What Chromium 109 cannot read, the last one for Windows 7 (ui.md).
FORBIDDEN = ("color-mix", "oklch", "light-dark", ":has(", "@container", "@layer")
MANIFEST = json.loads((VENDOR / "vendor.lock.json").read_text(encoding="utf-8"))["packages"]


@pytest.mark.parametrize("path", OWN_CSS, ids=lambda path: path.name)
def test_own_css_stays_within_chromium_109(path):
    css = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)

    assert [word for word in FORBIDDEN if word in css] == []
    assert nested_rules(css) == []


def nested_rules(css):
    """Selectors opened inside another rule (not inside an at-rule)."""
    found, stack = [], []
    for text, brace in re.findall(r"([^{}]*)([{}])", css):
        if brace == "}":
            stack.pop()
            continue
        selector = text.rsplit(";", 1)[-1].strip()
        if stack and not stack[-1].startswith("@"):
            found.append(selector)
        stack.append(selector)
    return found


def test_nesting_is_noticed():
    assert nested_rules("@media print { a { color: red } } b { c: d; & i { e: f } }") == ["& i"]


@pytest.mark.parametrize("path", OWN_JS, ids=lambda path: path.name)
def test_own_scripts_are_small_and_quiet(path):
    source = path.read_text(encoding="utf-8")

    assert len(source.splitlines()) <= 100
    assert re.findall(r"\beval\(|new Function|innerHTML|document\.write|console\.", source) == []


def test_vendored_files_match_the_lock():
    assert program("vendor").check(MANIFEST) == []
    assert {path.name for path in VENDOR.iterdir() if path.is_dir()} == {
        package["directory"] for package in MANIFEST
    }


@pytest.mark.parametrize("package", MANIFEST, ids=lambda package: package["name"])
def test_a_vendored_package_names_version_licence_and_origin(package):
    folder = package["name"].removeprefix("@").replace("/", "-").replace(".org", "")

    assert package["directory"] == f"{folder}-{package['version']}"
    assert package["integrity"].startswith("sha512-")
    assert package["licence"] in {"MIT", "0BSD", "Apache-2.0"}
    assert any(file["to"].startswith("LICENSE") for file in package["files"])


def test_tabler_is_the_version_that_old_browsers_read():
    assert {p["name"]: p["version"] for p in MANIFEST}["@tabler/core"] == "1.0.0"


def test_nothing_points_at_source_maps():
    files = [path for path in STATIC.rglob("*") if path.suffix in {".css", ".js"}]

    assert [path for path in files if b"sourceMappingURL" in path.read_bytes()] == []


def test_every_icon_in_a_template_is_in_the_sprite():
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html")]
    tags = [tag for source in sources for tag in re.findall(r"{%\s*(?:\w+)\s[^%]*%}", source)]
    literal = r"\bicon=[\"']([\w-]+)[\"']|{%\s*icon[^%]*\bname=[\"']([\w-]+)[\"']"
    used = {first or second for tag in tags for first, second in re.findall(literal, tag)}

    assert used - known_icons() == set()
    assert len(used) > 10


def program(name):
    loader = SourceFileLoader(f"{name}_program", str(ROOT / "bin" / name))
    found = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(found)
    return found


def test_the_subset_of_tabler_has_every_rule_that_a_page_can_meet():
    """It may hold more than that; a class that is new in a template needs `bin/tabler`."""
    tabler = program("tabler")
    written = re.sub(r"/\*.*?\*/", "", tabler.GOAL.read_text("utf-8"), flags=re.DOTALL)

    needed = set(flat(tabler, tabler.subset()))
    assert needed - set(flat(tabler, written)) == set()
    assert len(written) < 80_000


def flat(tabler, css, around=""):
    for prelude, body in tabler.blocks(re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)):
        if prelude.startswith(tabler.GROUPS):
            yield from flat(tabler, body, prelude)
        else:
            yield from ((around, selector) for selector in tabler.selectors(prelude))


def test_tabler_keeps_what_is_used_and_drops_the_rest(tmp_path):
    tabler = program("tabler")
    css = ".btn-a,.btn-b{x:1}.gone{y:2}@media print{.row:not(.gone){z:3}.off{q:4}}@font-face{f:5}"

    kept = list(tabler.Subset(frozenset({"btn-", "a", "row"})).kept(css))

    assert kept == [
        (".btn-a", "x:1"),
        ("@media print", "\n.row:not(.gone){z:3}\n"),
        ("@font-face", "f:5"),
    ]
