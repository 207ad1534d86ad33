"""Every search folds both sides: no lookup that compares text as it was typed, no folding beside the one table."""

import re
from pathlib import Path

import django_filters
import pytest
from django.apps import apps as registry
from django.conf import settings
from django.contrib import admin
from django.utils.module_loading import import_string

ROOT = Path(settings.BASE_DIR)
MODULES = sorted(path for path in (ROOT / "apps").rglob("*.py") if "migrations" not in path.parts)
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
AS_TYPED = re.compile(
    r"icontains|__contains=(?!\[)|__iexact|__iregex|istartswith|unaccent|__search\b"
)
LOWERED = re.compile(r"in \w+(\.\w+)*\.lower\(\)|\.lower\(\)\.split\(|toLowerCase\(\)\.includes")
CODES_AND_PASSWORDS = {
    "apps/projects/pages/project_form.py",
    "apps/accounts/domain/password_rules.py",
}
OWN_FOLDING = re.compile(r"unicodedata\.normalize|\.normalize\(\"NFK?C\"\)|casefold\(")
TABLES = {"apps/folding/domain/folding.py", "static/js/folding.js"}
DRAWN = {
    "apps/accounts/domain/keyboard.py",
    "apps/exchange/files/check_codes.py",
    "apps/exchange/files/lettering.py",
}
"""A password's keys, the signs of a check code, what a font has one glyph for; none of them is looked for in texts."""


def hits(pattern, paths):
    return sorted(
        path.relative_to(ROOT).as_posix() for path in paths if pattern.search(path.read_text("utf-8"))
    )  # fmt: skip


def test_no_query_compares_text_as_it_was_typed():
    assert hits(AS_TYPED, MODULES) == []


def test_text_is_folded_in_one_place():
    assert set(hits(OWN_FOLDING, [*MODULES, *SCRIPTS])) <= TABLES | DRAWN


def test_no_search_lowers_on_its_own():
    assert set(hits(LOWERED, [*MODULES, *SCRIPTS])) <= CODES_AND_PASSWORDS


def filter_sets():
    for path in MODULES:
        source = path.read_text("utf-8")
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for name in re.findall(r"^class (\w+)\(.*FilterSet\)", source, re.MULTILINE):
            yield import_string(f"{module}.{name}")


def test_every_filter_of_text_folds():
    found = {
        f"{each.__name__}.{name}": filter_.lookup_expr
        for each in filter_sets()
        for name, filter_ in each.base_filters.items()
        if type(filter_) is django_filters.CharFilter and filter_.method is None
    }
    assert found
    assert {name: lookup for name, lookup in found.items() if lookup != "says"} == {}


@pytest.mark.parametrize("model", registry.get_models(), ids=lambda model: model._meta.label)
def test_searches_of_the_administration_fold(model):
    of_model = admin.site._registry.get(model)
    fields = (
        of_model.search_fields if of_model and type(of_model).__module__.startswith("apps.") else ()
    )
    assert [field for field in fields if not field.endswith("__says")] == []
