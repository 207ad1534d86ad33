"""The pages of notices: reading, writing, files, who has read."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.audit.models import LogEntry
from apps.notices.models import Attachment, Notice, NoticeKind
from apps.scope.context import whole_country
from tests.pages import shown, words_of
from tests.review.pdf_files import pdf

ClientOf = Callable[[User], Client]
Publish = Callable[..., Notice]
PDF = pdf()


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def given(**fields: Any) -> dict[str, Any]:
    return {"kind": "notice", "title": "关于上报时间的通知", "body": "请按时上报。", **fields}


def test_the_bell_counts_and_reading_clears_it(
    publish: Publish, client_of: ClientOf, province_officer: User, hospital_clerk: User
) -> None:
    notice = publish(province_officer, "关于上报时间的通知")
    client = client_of(hospital_clerk)

    before = client.get("/notices/").content.decode()
    page = client.get(f"/notices/{notice.pk}/").content.decode()
    after = client.get("/notices/").content.decode()

    assert "1 条未读" in words_of(before, "span")
    assert "正文" in page
    assert "条未读" not in after
    assert "已读" in after


def test_unread_ones_can_be_listed_alone(
    publish: Publish, client_of: ClientOf, province_officer: User, hospital_clerk: User
) -> None:
    read = publish(province_officer, "已读的")
    publish(province_officer, "未读的")
    client = client_of(hospital_clerk)
    client.get(f"/notices/{read.pk}/")

    html = client.get("/notices/", {"read": "no"}).content.decode()

    assert "未读的" in html
    assert "已读的" not in html


@pytest.mark.parametrize("count", [1, 50])
def test_the_list_costs_the_same_for_one_and_fifty(
    publish: Publish,
    client_of: ClientOf,
    province_officer: User,
    hospital_clerk: User,
    count: int,
) -> None:
    for number in range(count):
        publish(province_officer, f"通知 {number}")
    client = client_of(hospital_clerk)
    client.get("/notices/")

    with CaptureQueriesContext(connection) as statements:
        client.get("/notices/", {"per_page": "50"})

    assert len(statements) == 4


def test_a_bureau_writes_and_publishes_with_files(
    client_of: ClientOf, province_officer: User, hospital_clerk: User
) -> None:
    data = given(
        audience=["institution"],
        files=[SimpleUploadedFile("手册.pdf", PDF), SimpleUploadedFile("二.pdf", PDF)],
        publish="1",
    )

    response = client_of(province_officer).post("/notices/new/", data)

    assert said(response) == ["通知“关于上报时间的通知”已发布。"]
    with whole_country(reason="test"):
        notice = Notice.objects.get()
        assert notice.path == province_officer.path
        assert LogEntry.objects.filter(verb="发布通知").count() == 1
        files = list(Attachment.objects.filter(notice=notice).order_by("pk"))
    assert [file.name for file in files] == ["手册.pdf", "二.pdf"]
    page = client_of(hospital_clerk).get(f"/notices/{notice.pk}/").content.decode()
    assert f"/notices/attachments/{files[0].pk}/" in page


def test_the_form_says_how_many_units_each_role_counts(
    client_of: ClientOf, province_officer: User, city_reviewer: User, hospital_clerk: User
) -> None:
    html = client_of(province_officer).get("/notices/new/").content.decode()

    assert "市医保（1 家）" in html
    assert "医疗机构（1 家）" in html
    assert "省医保（" not in html


def test_a_refused_file_keeps_the_text_and_stores_nothing(
    client_of: ClientOf, province_officer: User
) -> None:
    data = given(files=[SimpleUploadedFile("坏.exe", b"MZ")], publish="1")

    response = client_of(province_officer).post("/notices/new/", data)

    html = response.content.decode()
    assert "“坏.exe”的格式不能上传" in html
    assert "请按时上报。" in html
    with whole_country(reason="test"):
        assert not Notice.objects.exists()


def test_nobody_addresses_roles_that_do_not_hang_below(
    client_of: ClientOf, city_reviewer: User
) -> None:
    response = client_of(city_reviewer).post(
        "/notices/new/", given(audience=["province"], publish="1")
    )

    assert "audience" in response.context["form"].errors


def test_a_draft_is_its_units_alone_until_published(
    publish: Publish, client_of: ClientOf, province_officer: User, hospital_clerk: User
) -> None:
    notice = publish(province_officer, "草稿", draft=True)

    assert client_of(hospital_clerk).get(f"/notices/{notice.pk}/").status_code == 404
    client = client_of(province_officer)
    assert "草稿" in client.get(f"/notices/{notice.pk}/").content.decode()
    edit = f"/notices/{notice.pk}/edit/"
    client.post(edit, given(publish="1") | shown(client, edit))
    assert client_of(hospital_clerk).get(f"/notices/{notice.pk}/").status_code == 200


def test_editing_can_drop_a_file(client_of: ClientOf, province_officer: User) -> None:
    client = client_of(province_officer)
    client.post("/notices/new/", given(files=[SimpleUploadedFile("一.pdf", PDF)], publish="1"))
    with whole_country(reason="test"):
        attachment = Attachment.objects.get()

    edit = f"/notices/{attachment.notice_id}/edit/"
    typed = given(title="改过的标题", removed=[attachment.pk], publish="1")
    client.post(edit, typed | shown(client, edit))

    with whole_country(reason="test"):
        assert not Attachment.objects.exists()
        notice = Notice.objects.get()
    assert (notice.title, notice.edited_at is None) == ("改过的标题", False)


def test_withdrawn_ones_are_gone_for_readers(
    publish: Publish, client_of: ClientOf, province_officer: User, hospital_clerk: User
) -> None:
    notice = publish(province_officer, "错误的通知")
    client = client_of(province_officer)

    client.post(f"/notices/{notice.pk}/withdraw/")
    again = client.post(f"/notices/{notice.pk}/withdraw/")

    assert client_of(hospital_clerk).get(f"/notices/{notice.pk}/").status_code == 404
    assert "无需撤回" in said(again)[-1]
    assert "已撤回" in client.get("/notices/written/").content.decode()


def test_only_the_publisher_changes_it(
    publish: Publish,
    client_of: ClientOf,
    province_officer: User,
    city_reviewer: User,
    alliance_officer: User,
    hospital_clerk: User,
) -> None:
    notice = publish(province_officer, "一")

    for person in (city_reviewer, alliance_officer):
        for page in ("edit", "withdraw", "receipts"):
            method = client_of(person).post if page == "withdraw" else client_of(person).get
            assert method(f"/notices/{notice.pk}/{page}/").status_code == 404
    assert client_of(hospital_clerk).get("/notices/new/").status_code == 403


def test_who_has_read_is_listed_by_unit(
    publish: Publish,
    client_of: ClientOf,
    province_officer: User,
    city_reviewer: User,
    hospital_clerk: User,
) -> None:
    notice = publish(province_officer, "一")
    client_of(hospital_clerk).get(f"/notices/{notice.pk}/")
    client = client_of(province_officer)

    page = client.get(f"/notices/{notice.pk}/receipts/")
    unread = client.get(f"/notices/{notice.pk}/receipts/", {"read": "no"})

    assert (page.context["read"], page.context["everyone"]) == (1, 2)
    assert "王医办" in page.content.decode()
    assert "武汉市医疗保障局" in unread.content.decode()
    assert "武昌区人民医院" not in unread.content.decode()


def test_files_are_handed_out_to_readers_only(
    client_of: ClientOf,
    province_officer: User,
    hospital_clerk: User,
    neighbour_clerk: User,
    manufacturer_agent: User,
) -> None:
    data = given(files=[SimpleUploadedFile("手册.pdf", PDF)], publish="1")
    client_of(province_officer).post("/notices/new/", data)
    with whole_country(reason="test"):
        page = f"/notices/attachments/{Attachment.objects.get().pk}/"

    got = client_of(hospital_clerk).get(page)

    assert b"".join(got.streaming_content) == PDF
    assert got["Content-Disposition"].startswith("attachment;")
    assert got["X-Content-Type-Options"] == "nosniff"
    for person in (neighbour_clerk, manufacturer_agent):
        assert client_of(person).get(page).status_code == 404


@pytest.mark.covers("S0-39")
def test_answered_questions_have_a_page_of_their_own(
    publish: Publish, client_of: ClientOf, province_officer: User, hospital_clerk: User
) -> None:
    publish(province_officer, "忘记密码怎么办", kind=NoticeKind.FAQ, body="请联系市医保重置。")
    publish(province_officer, "怎样撤回", kind=NoticeKind.FAQ)
    client = client_of(hospital_clerk)

    html = client.get("/faq/", {"text": "密码"}).content.decode()

    assert "忘记密码怎么办" in html
    assert "请联系市医保重置。" in html
    assert "怎样撤回" not in html
    assert "忘记密码怎么办" not in client.get("/notices/").content.decode()


def test_downloads_list_their_files(
    client_of: ClientOf, province_officer: User, hospital_clerk: User
) -> None:
    data = given(kind="download", files=[SimpleUploadedFile("手册.pdf", PDF)], publish="1")
    client_of(province_officer).post("/notices/new/", data)

    html = client_of(hospital_clerk).get("/downloads/").content.decode()

    assert "关于上报时间的通知" in html
    assert "手册.pdf" in html
