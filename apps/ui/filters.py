"""Filters for the query bar."""

import operator
from functools import reduce
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from apps.folding.domain.folding import words_of


class NameFilter(django_filters.CharFilter):
    """Finds names by characters, pinyin initials and code fragments (ui.md).

        name = NameFilter("organization__name", "organization__pinyin", "organization__code",
                          label="医疗机构")

    Width, case and blanks do not matter; several words must all match, each anywhere.
    """

    placeholder = "名称 / 首字母 / 编码"

    def __init__(self, *lookups: str, label: str, placeholder: str = "", **kwargs: Any) -> None:
        super().__init__(label=label, **kwargs)
        self.lookups = lookups or ("name", "pinyin", "code")
        self.extra.setdefault("max_length", 60)
        self.extra["widget"] = forms.TextInput(
            attrs={"placeholder": placeholder or self.placeholder, "type": "search"}
        )

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        for word in words_of(value or ""):
            either = (Q(**{f"{lookup}__says": word}) for lookup in self.lookups)
            qs = qs.filter(reduce(operator.or_, either))
        return qs
