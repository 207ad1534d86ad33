"""Shares are typed in per cent: what is a part of one, or twenty times the whole, is refused with a sentence."""

from decimal import Decimal

import pytest
from django import forms

from apps.ui.percent_field import PercentField


class Shares(forms.Form):
    share = PercentField(label="份额（%）", widget=forms.TextInput)
    rise = PercentField(label="阈值（%）", most=500, required=False)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("80", "0.8"),
        ("80%", "0.8"),
        ("８０％", "0.8"),
        ("33.33", "0.3333"),
        ("0", "0"),
        ("100", "1"),
    ],
)
def test_a_percentage_is_kept_as_a_part_of_one(typed, kept):
    form = Shares({"share": typed})

    assert form.is_valid(), form.errors
    assert form.cleaned_data["share"] == Decimal(kept)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0.8", "若指 80%，请填 80"), ("2000", "0 到 100 之间"), ("-1", "0 到 100 之间"),
        ("33.333", "不超过 2 位"), ("八成", "数字"),
    ],
)  # fmt: skip
def test_what_is_no_percentage_is_refused_and_stays_as_typed(typed, said):
    form = Shares({"share": typed})

    assert said in " ".join(form.errors["share"])
    assert form["share"].value() == typed


def test_what_is_kept_is_shown_in_per_cent_and_has_its_own_limit():
    assert Shares(initial={"share": Decimal("0.8000")})["share"].value() == "80"
    assert Shares({"share": "1", "rise": "500"}).is_valid()
    assert not Shares({"share": "1", "rise": "501"}).is_valid()


def test_the_same_percentage_is_no_change():
    form = Shares({"share": "80"}, initial={"share": Decimal("0.8000")})
    assert form.changed_data == []
