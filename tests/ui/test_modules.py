"""A page asks for its scripts and all that they import at once; nothing of it is listed by hand."""

import re

import pytest
from django.conf import settings
from django.template import Context, Template

from apps.ui.modules import imports_of

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
