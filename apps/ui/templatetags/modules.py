"""`{% modules names="base uploads" %}` at the end of a page: its scripts, by name or by bundle (`apps/ui/bundles.py`).

`{% preload names="…" %}` in its head: the same with what they import, to be asked for at once. `{% base_style %}`: the
style of every page.
"""

from functools import cache

from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps.ui import bundles
from apps.ui.modules import imports_of

register = template.Library()
LINK = '<link rel="stylesheet" href="{}">'


def _is_bundled() -> bool:
    return bool(getattr(staticfiles_storage, "has_bundles", False))


def _files(names: str, *, with_imports: bool = False) -> list[str]:
    """Of each name the file of its bundle, or the modules where nothing is bundled."""
    bundled = [name for name in names.split() if name in bundles.SCRIPTS and _is_bundled()]
    others = [name for name in names.split() if name not in bundled]
    alone = [script for name in others for script in bundles.SCRIPTS.get(name, (name,))]
    imported = imports_of(alone) if with_imports else []
    return [
        *(bundles.script_file(name) for name in bundled),
        *(f"js/{name}.js" for name in [*imported, *alone]),
    ]


@register.simple_tag
@cache
def modules(*, names: str) -> SafeString:
    tag = '<script type="module" src="{}"></script>'
    return format_html_join("", tag, ((static(file),) for file in _files(names)))


@register.simple_tag
@cache
def preload(*, names: str) -> SafeString:
    """Of the scripts themselves, too: their tags stand at the end of the page."""
    tag = '<link rel="modulepreload" href="{}">'
    return format_html_join("", tag, ((static(file),) for file in _files(names, with_imports=True)))


@register.simple_tag
def base_style() -> SafeString:
    if _is_bundled():
        return format_html(LINK, static(bundles.STYLE))
    screen = format_html_join("\n", LINK, ((static(name),) for name in bundles.STYLES))
    paper = format_html('<link rel="stylesheet" href="{}" media="print">', static(bundles.PRINTED))
    return screen + paper
