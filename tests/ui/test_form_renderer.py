"""Forms look as Django's own templates draw them."""

import re

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import SafeString

from apps.ui.form_renderer import FormRenderer


class Example(forms.Form):
    text = forms.CharField(
        initial='<b> & "',
        widget=forms.TextInput(attrs={"placeholder": 'a"b', "autofocus": True, "hidden": False}),
    )
    blank = forms.CharField(required=False)
    number = forms.IntegerField(initial=1_234_567, min_value=0)
    date = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    kept = forms.CharField(widget=forms.HiddenInput, initial=SafeString("<i>"))
    ticked = forms.BooleanField(initial=True)
    one = forms.ChoiceField(choices=[("", "全部"), (1_000, "<一>"), ("b", "二")], initial=1_000)
    grouped = forms.ChoiceField(choices=[("组 & 别", [("a", "甲"), ("b", "乙")]), ("c", "丙")])
    many = forms.MultipleChoiceField(choices=[("a", "甲"), ("b", "乙")], initial=["a", "b"])
    radio = forms.ChoiceField(choices=[("a", "甲"), ("b", "乙")], widget=forms.RadioSelect)
    long = forms.CharField(widget=forms.Textarea, initial="<x>")
    secret = forms.CharField(widget=forms.PasswordInput)


@pytest.mark.parametrize("name", Example.base_fields)
@pytest.mark.parametrize("data", [None, {"text": "''", "one": "b", "ticked": "", "number": "x<y"}])
def test_a_field_is_drawn_as_djangos_templates_draw_it(name, data):
    ours = str(Example(data, renderer=FormRenderer())[name])
    theirs = str(Example(data, renderer=DjangoTemplates())[name])

    assert _close(ours) == _close(theirs)


def _close(html):
    return re.sub(r">\s+<", "><", html)
