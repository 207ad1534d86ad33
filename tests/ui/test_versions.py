"""Forms that carry the version they showed, without a database: nothing is undone without a word."""

from datetime import datetime
from typing import Any

import pytest
from django import forms
from django.utils import timezone

from apps.audit.domain.seen import ChangedMeanwhile, require_seen
from apps.projects.pages.moments_form import MomentField
from apps.ui.pages.versions import Versioned, seen_of


class Sample(Versioned, forms.Form):
    """A field of each kind."""

    key = forms.CharField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label="名称")
    phone = forms.CharField(label="电话", required=False)
    is_on = forms.BooleanField(label="开关", required=False)
    grade = forms.ChoiceField(label="等级", choices=[("1", "一级"), ("2", "二级")])
    tiers = forms.MultipleChoiceField(
        label="层级",
        choices=[("c", "市"), ("q", "县")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    until = MomentField(label="截止", is_end=True, required=False)


SAVED: dict[str, Any] = {
    "key": "A", "name": "甲", "phone": "1", "is_on": True, "grade": "1", "tiers": ["c"],
    "until": datetime(2026, 11, 30, 16, tzinfo=timezone.get_fixed_timezone(0)),
}  # fmt: skip
SENT = {
    "key": "A", "name": "甲", "phone": "1", "is_on": "on", "grade": "1", "tiers": ["c"],
    "until_0": "2026-11-30", "until_1": "24:00",
}  # fmt: skip


def sent(*, now: dict[str, Any], **typed: Any) -> Sample:
    """The form of somebody who was shown `SAVED`, judged by what is saved now."""
    data = {**SENT, **typed, "version": Sample(initial=SAVED).version}
    return Sample(
        {key: value for key, value in data.items() if value is not None}, initial=SAVED | now
    )


def test_nothing_newer_is_taken_as_it_is():
    form = sent(now={}, name="乙")

    assert form.is_valid()
    assert form.cleaned_data["name"] == "乙"


CHANGES = [
    ("phone", "2", "2"),
    ("is_on", False, "否"),
    ("grade", "2", "二级"),
    ("tiers", ["q"], "县"),
    ("until", datetime(2026, 12, 1, 4, tzinfo=timezone.get_fixed_timezone(0)), "2026-12-01 12:00"),
]


@pytest.mark.parametrize(("field", "value", "words"), CHANGES)
def test_what_was_not_touched_follows_the_newer_value_and_is_told(field, value, words):
    form = sent(now={field: value}, name="乙")

    assert not form.is_valid()
    assert f"修改了“{Sample.base_fields[field].label}”" in form.non_field_errors()[0]
    again = Sample(form.data, initial=SAVED | {field: value})
    assert again.is_valid()
    assert (again.cleaned_data["name"], again.cleaned_data[field]) == ("乙", value)


def test_both_values_of_a_field_that_both_touched_are_shown():
    form = sent(now={"name": "丙"}, name="乙")

    assert not form.is_valid()
    assert form.errors["name"] == ["现在保存的是“丙”，上面是您填的；再点保存就以您填的为准。"]
    assert form["name"].value() == "乙"
    assert Sample(form.data, initial=SAVED | {"name": "丙"}).is_valid()


def test_two_who_want_the_same_are_not_bothered():
    assert sent(now={"name": "乙"}, name="乙").is_valid()
    assert sent(now={"phone": "2"}).is_valid()


def test_an_emptied_box_and_a_ticked_one_are_changes_too():
    assert "is_on" not in sent(now={"name": "丙"}, is_on=None).data
    assert not sent(now={"is_on": False, "phone": "2"}, name="乙").is_valid()


def test_a_row_that_is_another_one_by_now_takes_nothing():
    form = sent(now={"key": "B", "name": "另一行"}, name="乙")

    assert not form.is_valid()
    assert "行有增减" in form.non_field_errors()[0]
    assert form["name"].value() == "另一行"


@pytest.mark.parametrize("version", ["", "x", ":", "name", "name:", " ", "name:0 name:1", "\0"])
def test_a_version_that_makes_no_sense_crashes_nothing(version):
    form = Sample({**SENT, "name": "乙", "version": version}, initial=SAVED)

    form.is_valid()


@pytest.mark.parametrize("version", [None, "", "x", "\0"])
def test_a_form_that_does_not_say_what_it_showed_is_as_good_as_stale(version):
    data = {**SENT, "name": "乙"} | ({} if version is None else {"version": version})
    form = Sample(data, initial=SAVED)

    assert not form.is_valid()
    assert form.non_field_errors()[0].startswith("您打开这一页之后")
    assert form.non_field_errors()[0].endswith("没有保存，您填的内容都还在，请核对后再点保存。")
    assert form.errors["name"] == ["现在保存的是“甲”，上面是您填的；再点保存就以您填的为准。"]
    assert (form["name"].value(), form["phone"].value()) == ("乙", "1")
    assert Sample(form.data, initial=SAVED).is_valid()


def test_a_row_of_another_key_without_a_version_takes_nothing():
    form = Sample({**SENT, "name": "乙"}, initial=SAVED | {"key": "B"})

    assert not form.is_valid()
    assert "行有增减" in form.non_field_errors()[0]


def test_a_form_that_makes_something_new_says_nothing():
    class Fresh(Sample):
        is_edit = False

    assert Fresh({**SENT, "name": "乙"}).is_valid()


def test_the_service_asks_again_under_the_lock():
    form = sent(now={}, name="乙")
    seen = seen_of(form, again=lambda row: [Sample(initial=row)])

    require_seen(seen, SAVED)
    with pytest.raises(ChangedMeanwhile):
        require_seen(seen, SAVED | {"phone": "2"})
