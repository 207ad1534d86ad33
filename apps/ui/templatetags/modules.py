"""`{% modules names="dialog toast" %}` at the end of a page: its scripts.

`{% preload names="…" %}` in its head: the same with what they import, to be asked for at once.
"""

from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from apps.ui.modules import imports_of

register = template.Library()


def _addresses(names: list[str]) -> list[tuple[str]]:
    return [(static(f"js/{name}.js"),) for name in names]


@register.simple_tag
@cache
def modules(*, names: str) -> SafeString:
    tag = '<script type="module" src="{}"></script>'
    return format_html_join("", tag, _addresses(names.split()))


@register.simple_tag
@cache
def preload(*, names: str) -> SafeString:
    """Of the scripts themselves, too: their tags stand at the end of the page."""
    wanted = names.split()
    tag = '<link rel="modulepreload" href="{}">'
    return format_html_join("", tag, _addresses([*imports_of(wanted), *wanted]))
