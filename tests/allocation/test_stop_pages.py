"""The pages of 取消中选 and 暂停: seen before done, refused in words, confirmed by whom it concerns."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.allocation.models import ProductStop, StopShare
from apps.allocation.pages.stops import views
from apps.jobs.models import Job, Status
from apps.jobs.running import run_job
from apps.scope.context import whole_country
from tests.exported import opened_export
from tests.stopping import stopped, suspended

pytestmark = pytest.mark.django_db
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)


def sent(client: Client, url: str, **values: Any) -> Any:
    file = SimpleUploadedFile("通知.png", PNG, content_type="image/png")
    data = {"act": "cancel", "from_date": "2026-12-05", "reason": "企业停产", "replacement": ""}
    return client.post(url, {**data, **({"file": file} if "apply" in values else {}), **values})


def page_of(round_, code: str) -> str:
    return reverse("allocation:stop_edit", args=[round_.project.code, round_.products[code].pk])


def test_it_is_shown_before_it_is_done(
    reported, client_of, alliance_officer, hospital_clerk
) -> None:
    office, url = client_of(alliance_officer), page_of(reported, "C")
    shown = sent(office, url, preview="")
    text = shown.content.decode()
    assert "由谁承接" in text
    assert "武昌区人民医院" in text
    with whole_country(reason="test"):
        assert not ProductStop.objects.exists()

    done = sent(office, url, apply="", digest=shown.context["preview"].plan.digest)

    assert done.status_code == 302
    detail = office.get(done.url).content.decode()
    assert "待确认" in detail
    assert "撤销取消中选" in detail
    book = opened_export(io.BytesIO(b"".join(office.get(f"{done.url}export/").streaming_content)))
    (row,) = list(book["取消中选明细"].iter_rows(min_row=2, values_only=True))
    assert row[1] == "武昌区人民医院"
    clerk = client_of(hospital_clerk)
    assert "取消中选调整" in clerk.get("/allocation/FL/selected/").content.decode()
    (todo,) = clerk.get("/").context["desk"].todos
    assert (todo.title, todo.count) == ("取消中选后的数量待确认", 1)
    page = clerk.get(todo.url)
    assert "由其他中选产品承接" in page.content.decode()
    seen = page.context["seen_set"]
    assert (
        clerk.post("/allocation/FL/adjusted/confirm/", {"seen_set": str(seen)}).status_code == 302
    )
    with whole_country(reason="test"):
        assert StopShare.objects.get().confirmed_at
    assert "取消中选调整" not in clerk.get("/allocation/FL/selected/").content.decode()
    assert clerk.get("/").context["desk"].todos == []


@pytest.mark.parametrize("code", ["A", "B"])
def test_what_was_only_chosen_is_shown_as_well(reported, client_of, alliance_officer, code) -> None:
    """Nothing of A and B was confirmed; who takes over takes contract quantities alone."""
    page = sent(client_of(alliance_officer), page_of(reported, code), preview="")

    assert page.status_code == 200
    assert [each.kept for each in page.context["preview"].taking] == [0] * len(
        page.context["preview"].taking
    )


def test_another_plan_than_was_shown_is_refused(reported, client_of, alliance_officer) -> None:
    page = sent(client_of(alliance_officer), page_of(reported, "C"), apply="", digest="0" * 64)

    assert page.status_code == 409
    assert "预览之后数据有变化" in page.content.decode()


def test_without_a_file_nothing_is_done(reported, client_of, alliance_officer) -> None:
    page = sent(client_of(alliance_officer), page_of(reported, "C"), apply="", file="")

    assert "请选择办理所依据的文件" in page.content.decode()


def test_it_is_suspended_and_supplied_again(reported, client_of, alliance_officer) -> None:
    office = client_of(alliance_officer)
    done = sent(office, page_of(reported, "C"), act="suspend", apply="")

    assert "自 2026-12-05 起暂停" in office.get("/allocation/FL/capacity/").content.decode()
    assert "自 2026-12-05 起暂停" in office.get("/allocation/FL/supply/").content.decode()
    office.post(f"{done.url}end/", {"reason": "恢复"})
    assert "自 2026-12-05 起暂停" not in office.get("/allocation/FL/capacity/").content.decode()
    assert "解除暂停第 2 号" in office.get(done.url).content.decode()


def test_much_is_a_job(reported, client_of, alliance_officer, monkeypatch) -> None:
    monkeypatch.setattr(views, "AT_ONCE", 0)
    office, url = client_of(alliance_officer), page_of(reported, "C")
    digest = sent(office, url, preview="").context["preview"].plan.digest

    sent(office, url, apply="", digest=digest)

    with whole_country(reason="test"):
        job = Job.objects.get()
    run_job(job.pk)
    with whole_country(reason="test"):
        job.refresh_from_db()
        assert job.status == Status.SUCCEEDED
        stop = ProductStop.objects.get()
    assert "1 家机构的 3 条明细已由替补承接" in job.message
    office.post(reverse("allocation:stop_end", args=["FL", stop.pk]), {"reason": "恢复"})
    with whole_country(reason="test"):
        undo = Job.objects.latest("pk")
    run_job(undo.pk)
    with whole_country(reason="test"):
        assert ProductStop.objects.filter(ends=stop).exists()


def test_who_reads_what(reported, client_of, alliance_officer) -> None:
    with whole_country(reason="test"):
        stop = stopped(reported.project, alliance_officer, reported.products["C"])
        suspended(reported.project, alliance_officer, reported.products["A"])
    page = client_of(reported.clerk).get(reverse("allocation:stop_detail", args=["FL", stop.pk]))
    assert "武昌区人民医院" in page.content.decode()
    assert "撤销取消中选" not in page.content.decode()
    listed = client_of(reported.clerk).get("/allocation/FL/stops/").content.decode()
    assert "企业停产" in listed
