"""The icons in use: the names in `static/vendor/vendor.lock.json`, drawn from one sprite.

A new one is added by `bin/vendor --add-icon NAME`; an unknown name is an error.
"""

import json
from functools import cache, lru_cache

from django.conf import settings
from django.template import TemplateSyntaxError
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

PACKAGE = "@tabler/icons"


@cache
def _package() -> tuple[str, frozenset[str]]:
    """The sprite's path under static/ and the names in it."""
    lock = settings.BASE_DIR / "static" / "vendor" / "vendor.lock.json"
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    package = next(package for package in packages if package["name"] == PACKAGE)
    return f"vendor/{package['directory']}/sprite.svg", frozenset(package["icons"])


def known_icons() -> frozenset[str]:
    """Every name that `svg` accepts."""
    return _package()[1]


@lru_cache(maxsize=1_000)
def svg(name: str, *, label: str = "", size: str = "") -> SafeString:
    """One icon; without a label it is decoration and hidden from screen readers."""
    path, names = _package()
    if name not in names:
        raise TemplateSyntaxError(f"no icon {name!r} in the sprite: bin/vendor --add-icon {name}")
    meaning = (
        format_html('role="img" aria-label="{}"', label) if label else format_html("{}", HIDDEN)
    )
    return format_html(
        '<svg class="icon{}" {}><use href="{}#{}"></use></svg>',
        f" icon-{size}" if size else "",
        meaning,
        static(path),
        name,
    )


HIDDEN = SafeString('aria-hidden="true"')
