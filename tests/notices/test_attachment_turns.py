"""Attachments while another file of the account is opened, and more of them than anybody may send."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.accounts import middleware
from apps.accounts.models import User
from apps.notices.models import Notice
from apps.quarantine.turns import JOB, PAGE, acting, turn
from apps.quarantine.walls import Limits
from apps.scope.context import whole_country
from tests.review.pdf_files import pdf

pytestmark = pytest.mark.django_db
HERE = "/notices/new/"
ClientOf = Callable[[User], Client]


def sent(client: Client, *files: SimpleUploadedFile) -> str:
    data = {"kind": "notice", "title": "关于报量", "body": "请按时上报。", "files": list(files)}
    html = client.post(HERE, {**data, "publish": "1"}).content.decode()
    with whole_country(reason="test"):
        assert not Notice.objects.exists()
    return html


def test_more_files_than_a_notice_takes_are_not_opened(
    client_of: ClientOf, province_officer: User
) -> None:
    files = [SimpleUploadedFile(f"{n}.pdf", b"no PDF") for n in range(11)]

    html = sent(client_of(province_officer), *files)

    assert "一条通知最多 10 个附件" in html
    assert "不是 PDF" not in html


def test_a_file_beside_another_is_told_so_once(
    client_of: ClientOf, province_officer: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(middleware, "PAGE", replace(PAGE, own_patience=0.1))
    client = client_of(province_officer)
    files = [SimpleUploadedFile(f"{n}.pdf", pdf()) for n in range(3)]

    with acting(province_officer.pk, JOB), turn():
        html = sent(client, *files)

    assert html.count("您的另一个文件还没有检查完") == 2  # above the form and by its control
    assert "请按时上报。" in html


def test_behind_a_file_that_used_up_its_limits_none_is_opened(
    client_of: ClientOf, province_officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.notices.attachments.LIMITS", Limits(told=1))
    files = [SimpleUploadedFile(f"{n}.pdf", pdf()) for n in range(3)]

    html = sent(client_of(province_officer), *files)

    assert "“0.pdf”的内容过于复杂" in html
    assert "1.pdf" not in html
