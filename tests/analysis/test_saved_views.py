"""Saved views belong to one account: kept, opened, renamed, deleted, and nobody else's to see."""

import pytest
from django.contrib.messages import get_messages
from django.db import IntegrityError, transaction

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.analysis.domain.saved_views import ViewRefused, delete_view, rename_view, save_view
from apps.analysis.models import LONGEST_QUERY, MOST, SavedView
from apps.scope.context import enter, whole_country
from tests.factories import sub_account_of
from tests.pages import tags

pytestmark = pytest.mark.django_db
QUERY = "rows=city&columns=variety&measures=quantity&province=42&sort=-quantity%4014"
PLACE = "/analysis/BL/views/"


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def views_of(user):
    with enter(scope_of(user)):
        return list(SavedView.objects.filter(owner=user).order_by("name"))


def test_a_view_is_kept_as_the_address_says_and_opened_again(round_, client_of, alliance_officer):
    client = client_of(alliance_officer)

    done = client.post(f"{PLACE}?{QUERY}&page=3&per_page=100", {"name": "  省内 品种 "})

    (view,) = views_of(alliance_officer)
    assert (view.name, view.query) == ("省内 品种", QUERY)
    assert said(done) == ["已保存视图“省内 品种”，在“我的视图”里打开。"]
    page = client.get("/analysis/BL/").content.decode()
    (link,) = [each for each in tags(page, "a") if each.words == "省内 品种"]
    assert link["href"] == f"/analysis/BL/?{QUERY}"


def test_views_of_others_are_neither_shown_nor_changed(
    round_, client_of, alliance_officer, province_officer
):
    """Neither a superior's, nor a colleague's of the same unit."""
    colleague = sub_account_of(province_officer)
    client_of(province_officer).post(f"{PLACE}?{QUERY}", {"name": "省局的"})
    (view,) = views_of(province_officer)

    for stranger in (alliance_officer, colleague):
        client = client_of(stranger)
        assert "省局的" not in client.get("/analysis/BL/").content.decode()
        for data in ({"action": "delete"}, {"action": "rename", "name": "改"}):
            assert client.post(f"{PLACE}{view.pk}/", data).status_code == 404
        with enter(scope_of(stranger)), pytest.raises(ViewRefused, match="自己"):
            delete_view(view=view, project=round_.project, by=Actor.of(stranger))
        with enter(scope_of(stranger)), pytest.raises(ViewRefused, match="自己"):
            rename_view(view=view, project=round_.project, name="改", by=Actor.of(stranger))
    assert [each.name for each in views_of(province_officer)] == ["省局的"]


def test_it_is_renamed_and_deleted(round_, client_of, alliance_officer):
    client = client_of(alliance_officer)
    for name in ("甲", "乙"):
        client.post(f"{PLACE}?{QUERY}", {"name": name})
    _second, first = views_of(alliance_officer)

    taken = client.post(f"{PLACE}{first.pk}/", {"action": "rename", "name": "乙"})
    assert said(taken)[-1:] == ["已经有名为“乙”的视图，请换一个名称。"]
    client.post(f"{PLACE}{first.pk}/", {"action": "rename", "name": "丙"})
    assert {view.name for view in views_of(alliance_officer)} == {"乙", "丙"}
    client.post(f"{PLACE}{first.pk}/", {"action": "delete"})
    assert [view.name for view in views_of(alliance_officer)] == ["乙"]


@pytest.mark.parametrize(
    ("name", "query", "sentence"),
    [
        ("", QUERY, "请填写视图名称。"),
        ("长" * 41, QUERY, "视图名称最多 40 个字，请缩短后再保存。"),
        ("坏", "rows=weather", "地址里的行维度“weather”不存在，请重新选择后查询。"),
    ],
)
def test_what_can_not_be_kept_is_refused_with_a_sentence(
    name, query, sentence, round_, client_of, alliance_officer
):
    answer = client_of(alliance_officer).post(f"{PLACE}?{query}", {"name": name})

    assert said(answer) == [sentence]
    assert views_of(alliance_officer) == []


def test_there_is_a_limit_which_the_database_keeps(round_, alliance_officer):
    by = Actor.of(alliance_officer)
    with whole_country(reason="test"):
        for number in range(MOST):
            save_view(project=round_.project, name=f"第{number}个", query="", by=by)

        with pytest.raises(ViewRefused, match=f"最多保存 {MOST} 个视图"):
            save_view(project=round_.project, name="多的", query="", by=by)
        with pytest.raises(ViewRefused, match="条件太多"):
            save_view(project=round_.project, name="长的", query="x" * (LONGEST_QUERY + 1), by=by)
        for place in (MOST + 1, 1):
            view = SavedView(
                owner=alliance_officer,
                project=round_.project,
                path="/0/",
                name=f"{place}",
                place=place,
            )
            with pytest.raises(IntegrityError), transaction.atomic():
                view.save()
