"""A page asks for its scripts and all that they import at once; nothing of it is listed by hand."""

import re
import shutil

import pytest
from django.conf import settings
from django.template import Context, Template

from apps.ui import bundles
from apps.ui.modules import imports_of
from config.static_storage import StaticStorage

SCRIPTS = sorted((settings.BASE_DIR / "static" / "js").glob("*.js"))
ANY_IMPORT = re.compile(r'["\']\./([\w-]+)\.js["\']')


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_every_import_is_found(path):
    direct = set(ANY_IMPORT.findall(path.read_text("utf-8")))

    assert direct <= set(imports_of([path.stem]))


def test_the_tags():
    page = Template('{% preload names="toast draft-bar" %}|{% modules names="toast" %}').render(
        Context()
    )

    assert page == (
        '<link rel="modulepreload" href="/static/js/draft-form.js">'
        '<link rel="modulepreload" href="/static/js/toast.js">'
        '<link rel="modulepreload" href="/static/js/draft-bar.js">'
        '|<script type="module" src="/static/js/toast.js"></script>'
    )


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """Scripts and styles as they are served, by their written names."""
    root = tmp_path_factory.mktemp("static")
    for folder in ("js", "css", "tabler"):
        shutil.copytree(settings.BASE_DIR / "static" / folder, root / folder)
    storage = StaticStorage(location=root, base_url="/static/")
    names = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
    failed = [
        each
        for each in storage.post_process({name: (storage, name) for name in names})
        if isinstance(each[2], Exception)
    ]
    assert failed == []
    return {name: root / storage.stored_name(name) for name, _text in bundles.written()}


@pytest.mark.parametrize("name", bundles.SCRIPTS)
def test_in_a_bundle_every_module_comes_after_what_it_imports(name):
    order = bundles.modules_of(name)

    assert len(order) == len(set(order))
    for at, each in enumerate(order):
        assert set(imports_of([each])) - bundles.ALONE <= set(order[:at])


def test_modules_of_a_bundle_hand_on_names_by_nothing_but_scopes():
    scripts = [text for name, text in bundles.written() if name.endswith(".js")]

    said = {line for text in scripts for line in re.findall(r"(?m)^(?:import|export) .*", text)}
    assert said == {'import * as module_demand_rows from "./demand-rows.js";'}


def test_what_says_nothing_to_a_browser_stays_at_home():
    for name, text in bundles.written():
        if name.endswith(".js"):
            assert not re.search(r"(?m)^(?:[ \t]+|//|$)", text.rstrip("\n")), name


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_no_text_goes_over_several_lines(path):
    """Its indents would be lost in a bundle."""
    assert [line for line in path.read_text("utf-8").splitlines() if line.count("`") % 2] == []


def test_no_module_runs_twice_on_a_page():
    for path in (settings.BASE_DIR / "templates").rglob("*.html"):
        said = path.read_text("utf-8")
        named = {
            each for names in re.findall(r'modules names="([^"]+)"', said) for each in names.split()
        }
        bundled = {"base", *named} & set(bundles.SCRIPTS) if path.name != "bare.html" else set()
        inside = [each for name in bundled for each in bundles.modules_of(name)]
        alone = {*re.findall(r"'js/([\w-]+)\.js'", said), *(named - set(bundles.SCRIPTS))}
        assert not set(inside) & {*alone, *imports_of(alone)}, path.name
        assert len(inside) == len(set(inside)), path.name


def test_bundles_have_names_with_hashes_and_compressed_copies(collected):
    for name, path in collected.items():
        assert re.fullmatch(r".+-bundle\.[0-9a-f]{12}\.(js|css)", path.name), name
        assert path.with_name(f"{path.name}.gz").exists()
    style = collected[bundles.STYLE].read_text("utf-8")
    assert style.index("--primary") < style.index("@media print {") < style.index("@page")


@pytest.mark.browser
def test_a_browser_runs_the_bundle_of_every_page(collected, chromium):
    script = collected[bundles.script_file("base")].read_text("utf-8")
    context = chromium.new_context()
    context.route(
        "**/*",
        lambda route: route.fulfill(
            body=f"<!doctype html><body><script type=module>{script}</script>",
            content_type="text/html; charset=utf-8",
        ),
    )
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(error.message))

    page.goto("http://bundles.test/")

    assert page.evaluate("document.documentElement.dataset.js") == ""
    assert errors == []
    context.close()
