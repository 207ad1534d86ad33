import re
from datetime import timedelta

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import timezone

from apps.ui.tones import TONES

EVIL = '<img src=x onerror=alert(1)>"'


def drawn(source, **context):
    return Template(source).render(Context(context))


class NoteForm(forms.Form):
    title = forms.CharField(label="标题", help_text="一句话。")
    body = forms.CharField(label="正文", required=False, widget=forms.Textarea)
    kind = forms.ChoiceField(label="类型", choices=[("a", "通知")], widget=forms.RadioSelect)
    letter = forms.FileField(label="附件", required=False)
    agree = forms.BooleanField(label="同意", required=False)


@pytest.mark.parametrize(
    "source",
    [
        "{% icon nmae='send' %}",
        "{% icon 'send' %}",
        "{% status_pill lable='x' %}",
        "{% status_pill tone='success' %}",
        "{% figure label='x' valeu=1 %}",
        "{% money amount=1 %}",
        "{% dialog id='x' title='y' confrim='z' %}{% enddialog %}",
        "{% query_bar from=form %}{% endquery_bar %}",
        "{% card titel='x' %}{% endcard %}",
        "{% alert tone='info' %}",
    ],
)
def test_misspelt_or_missing_argument_fails_to_compile(source):
    with pytest.raises(TemplateSyntaxError):
        Template(source)


@pytest.mark.parametrize(
    "source",
    [
        "{% status_pill label=evil %}",
        "{% figure label=evil value=evil unit=evil note=evil href=evil %}",
        "{% quantity value=3 unit=evil pack=2 pack_unit=evil %}",
        "{% crumb label=evil href=evil %}",
        "{% card title=evil %}{% endcard %}",
        "{% card_head title=evil note=evil %}{% endcard_head %}",
        "{% empty_state title=evil %}{{ evil }}{% endempty_state %}",
        "{% alert title=evil %}{{ evil }}{% endalert %}",
        "{% steps items=chain label=evil %}",
        "{% tabs items=tabs label=evil %}",
        "{% icon name='send' label=evil %}",
        "{% dialog id='d' title=evil confirm=evil effect=evil cancel=evil %}{{ evil }}{% enddialog %}",
        "{% open_dialog dialog='d' label=evil href=evil %}",
        "{% progress_bar done=1 total=2 label=evil %}",
        "{% refusal title=evil icon='lock' request_id=evil %}{{ evil }}{% endrefusal %}",
    ],
)
def test_text_is_escaped(source):
    chain = [{"label": EVIL, "who": EVIL}]
    tabs = [{"label": EVIL, "href": EVIL, "count": EVIL}]

    html = drawn(source, evil=EVIL, chain=chain, tabs=tabs)

    assert "<img" not in html
    assert "&lt;img" in html


def test_unknown_icon_is_refused():
    with pytest.raises(TemplateSyntaxError, match="bin/vendor"):
        drawn("{% icon name='unicorn' %}")


def test_icon_without_label_is_hidden_from_screen_readers():
    assert 'aria-hidden="true"' in drawn("{% icon name='send' %}")
    assert 'role="img" aria-label="有变化"' in drawn("{% icon name='flag' label='有变化' %}")


@pytest.mark.parametrize("tone", TONES)
def test_every_tone_has_a_mark_of_its_own(tone, settings):
    css = (settings.BASE_DIR / "static/css/pill.css").read_text(encoding="utf-8")
    marks = dict(re.findall(r"\.pill-(\w+) \{ --mark: (url\([^)]+\))", css))

    assert drawn("{% status_pill label='状态' tone=tone %}", tone=tone) == (
        f'<span class="pill pill-{tone}">状态</span>'
    )
    assert len(set(marks.values())) == len(TONES)
    assert tone in marks


def test_unknown_tone_is_refused():
    with pytest.raises(KeyError):
        drawn("{% status_pill label='x' tone='lilac' %}")


def test_quantity_shows_packs_beside_the_smallest_unit():
    html = drawn("{% quantity value=14400 unit='片' pack=12 %}")

    assert html == '<span class="num">14,400 片</span> <span class="packs num">= 1,200 盒</span>'


def test_rate_beyond_the_limit_is_flagged_by_more_than_colour():
    assert "超出范围" in drawn("{% rate value=-42.6 limit=30 %}")
    assert "超出范围" not in drawn("{% rate value=30 limit=30 %}")


def test_countdown_carries_the_servers_clock():
    now = timezone.now().replace(microsecond=0)

    html = drawn("{% countdown until=until now=now %}", now=now, until=now + timedelta(hours=3))

    assert f'data-now="{int(now.timestamp())}"' in html
    assert f'data-until="{int(now.timestamp()) + 3 * 3600}"' in html
    assert ">03:00:00</time>" in html
    assert "tone-danger" in html


def test_steps_say_where_it_stands():
    chain = [
        {"label": "填报", "state": "done", "who": "王敏"},
        {"label": "市医保审核", "state": "current"},
        {"label": "省医保审核"},
    ]

    html = drawn("{% steps items=chain %}", chain=chain)

    assert html.count('aria-current="step"') == 1
    assert [html.count(f"chain-{state}") for state in ("done", "current", "todo")] == [1, 1, 1]


def test_field_ties_label_help_and_error_to_the_control():
    html = drawn("{% field field=form.title %}", form=NoteForm({"title": ""}))

    assert '<label class="field-label" for="id_title">标题' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'id="id_title_helptext">一句话。' in html
    assert 'id="id_title_error"' in html
    assert 'aria-invalid="true"' in html
    assert "必填" in html


@pytest.mark.parametrize("name", list(NoteForm.base_fields))
def test_field_draws_every_kind_of_control(name):
    form = NoteForm()

    html = drawn("{% field field=field %}", field=form[name])

    assert f'name="{name}"' in html
    assert f"{form[name].label}" in html
    assert ("必填" in html) == form.fields[name].required


def test_form_errors_links_to_the_fields():
    form = NoteForm({"kind": "a"})
    form.add_error(None, "两次输入不一致。")

    html = drawn("{% form_errors form=form %}", form=form)

    assert 'role="alert"' in html
    assert "两次输入不一致。" in html
    assert '<a href="#id_title">标题</a>' in html
    assert drawn("{% form_errors form=form %}", form=NoteForm()).strip() == ""


def test_dialog_with_an_address_has_its_own_form():
    html = drawn(
        "{% dialog id='go' title='上报' confirm='确认上报' action='/x/' effect='将 17 家机构' %}"
        "<p>正文</p>{% enddialog %}",
        csrf_token="tok",
    )

    assert re.search(r'<form id="go-form" method="post"\s+action="/x/"', html)
    assert 'name="csrfmiddlewaretoken" value="tok"' in html
    assert '<p class="dialog-effect">将 17 家机构</p>' in html
    assert "<p>正文</p>" in html


def test_dialog_without_an_address_confirms_the_form_around_it():
    html = drawn(
        "{% dialog id='ok' title='审核' confirm='审核通过' name='action' value='approve' %}{% enddialog %}"
    )

    assert "<form" not in html
    assert 'name="action" value="approve"' in html


class QueryForm(forms.Form):
    a = forms.CharField(required=False)
    b = forms.CharField(required=False)
    c = forms.CharField(required=False)
    d = forms.CharField(required=False)


def test_query_bar_keeps_order_and_page_size_but_not_the_page():
    request = RequestFactory().get(
        "/list/", {"a": "x", "sort": "-a", "per_page": "50", "page": "3"}
    )
    source = "{% query_bar form=form %}<a>导出</a>{% endquery_bar %}"

    html = drawn(source, request=request, form=QueryForm(request.GET))

    assert '<input type="hidden" name="sort" value="-a">' in html
    assert '<input type="hidden" name="per_page" value="50">' in html
    assert 'name="page"' not in html
    assert 'href="/list/"' in html
    assert "查询" in html
    assert "重置" in html
    assert "<a>导出</a>" in html


def test_query_bar_opens_its_second_row_when_it_is_used():
    source = "{% query_bar form=form keep=2 %}{% endquery_bar %}"
    get = RequestFactory().get

    closed = drawn(source, request=get("/"), form=QueryForm({"a": "x"}))
    opened = drawn(source, request=get("/"), form=QueryForm({"d": "x"}))

    assert re.search(r"<details class=\"query-more\"\s*>", closed)
    assert re.search(r"<details class=\"query-more\"\s+open\s*>", opened)
