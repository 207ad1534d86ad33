"""Volumes from Excel: template, dry run, import, export (rules §3a.2)."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.refusals import AllocationRefused
from apps.allocation.domain.volumes.acts import compute_volumes, save_volumes
from apps.allocation.models import AllocationRow, Given
from apps.projects.models import Project
from apps.scope.context import whole_country
from tests import factories_allocation as make
from tests.allocation.reading import rows_of, sheet_of, text_of, url
from tests.pages import changed_cells

HEAD = [
    "机构编码", "机构名称", "品规编号", "填报量", "约定采购量", "中选产品确认量", "待分配量",
    "日均费用最低量", "降幅最高量", "其他中选量",
]  # fmt: skip
HOSPITAL = "H42010600001"


@pytest.fixture
def draft(tree, institutions):
    project = make.allocation_project(institutions)
    make.worked_products(project)
    return project


@pytest.fixture
def client(client_of, alliance_officer):
    return client_of(alliance_officer)


def book(*rows):
    workbook = Workbook()
    workbook.active.title = "分配量"
    for row in (HEAD, *rows):
        workbook.active.append(list(row))
    content = io.BytesIO()
    workbook.save(content)
    return SimpleUploadedFile("分配量.xlsx", content.getvalue())


def upload(client, *rows):
    """The outcome page of an upload, and its address."""
    response = client.post(url("volume_import", "FL"), {"file": book(*rows)}, follow=True)
    address, _ = response.redirect_chain[-1]
    return response, address


def stored(code="U"):
    with whole_country(reason="test"):
        return AllocationRow.objects.get(item__item_code=code)


def numbers(row):
    return [row.agreed, row.kept, row.pending, row.lowest, row.highest, row.other]


def test_the_template_has_the_columns(draft, client):
    response = client.get(f"{url('volume_import', 'FL')}?template")

    content = io.BytesIO(b"".join(response.streaming_content))
    sheet = load_workbook(content)["分配量"]
    titles = [[cell.value for cell in row] for row in sheet.iter_rows(max_row=5)]
    assert any([str(t).strip("* ") for t in row[: len(HEAD)]] == HEAD for row in titles)


def test_what_is_blank_is_computed(draft, client):
    response, address = upload(
        client,
        [HOSPITAL, "武昌区人民医院", "U", 12_503],
        [HOSPITAL, None, "C", 8_003],
    )
    assert "新增" in text_of(response)
    with whole_country(reason="test"):
        assert not AllocationRow.objects.exists()

    done = client.post(address, follow=True)

    assert "导入成功" in text_of(done)
    assert numbers(stored()) == [10_002, 0, 10_002, 2_000, 3_000, 5_002]
    assert numbers(stored("C")) == [6_402, 5_761, 641, 128, 192, 321]
    assert stored().given == Given.NOTHING


def test_what_is_given_is_kept(draft, client):
    _, address = upload(
        client,
        [HOSPITAL, None, "U", 100, 90, 0, 90, 10, 30, 50],
        [HOSPITAL, None, "C", 100, 50],
    )
    client.post(address)

    assert numbers(stored()) == [90, 0, 90, 10, 30, 50]
    assert (stored().given, stored("C").given) == (Given.ALL, Given.AGREED)
    assert numbers(stored("C")) == [50, 45, 5, 1, 1, 3]


def test_the_same_file_again_changes_nothing(draft, client):
    rows = ([HOSPITAL, None, "U", 100], [HOSPITAL, None, "C", 100, 50])
    _, address = upload(client, *rows)
    client.post(address)

    response, _ = upload(client, *rows)

    counts = response.context["upload"].counts
    assert counts == {"new": 0, "changed": 0, "unchanged": 2, "wrong": 0}


def test_a_changed_number_replaces_the_row(draft, client):
    for reported in (100, 200):
        shown, address = upload(client, [HOSPITAL, None, "U", reported])
        client.post(address)
    given, _ = upload(client, [HOSPITAL, None, "U", 200, 50])

    assert (stored().reported, stored().agreed) == (200, 160)
    assert changed_cells(shown.content.decode()) == [("填报量", "100", "200")]
    assert changed_cells(given.content.decode()) == [("约定采购量", "空", "50")]


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (["H999", None, "U", 1], "机构编码", "不在本项目的参加机构中"),
        ([HOSPITAL, "另一家医院", "U", 1], "机构名称", "该编码登记的机构是“武昌区人民医院”"),
        ([HOSPITAL, None, "X", 1], "品规编号", "不在本项目的目录里"),
        ([HOSPITAL, None, "U", None], "填报量", "必填"),
        ([HOSPITAL, None, "U", -1], "填报量", "不能小于 0"),
        ([HOSPITAL, None, "U", "多"], "填报量", ""),
        ([HOSPITAL, None, "U", 9, 9, 9], "中选产品确认量", "五列数量要么全部填写"),
        ([HOSPITAL, None, "U", 9, 9, 0, 8, 1, 3, 4], "约定采购量", "即 8"),
        ([HOSPITAL, None, "U", 9, 9, 0, 9, 1, 3, 4], "待分配量", "即 8"),
    ],
)
def test_every_problem_has_its_place(draft, client, row, column, words):
    response, address = upload(client, [HOSPITAL, None, "C", 5], row)

    (problem,) = response.context["upload"].problems
    assert problem[:3] == ["分配量", 3, column]
    assert words in problem[3]
    client.post(address)
    with whole_country(reason="test"):
        assert not AllocationRow.objects.exists()


def test_one_row_per_institution_and_item(draft, client):
    row = [HOSPITAL, None, "U", 5]
    response, _ = upload(client, row, row)
    assert "与第 2 行重复" in response.context["upload"].problems[0][3]


def test_volumes_of_a_published_project_stand_still(worked, alliance_officer, country):
    by = Actor.of(alliance_officer)
    with pytest.raises(AllocationRefused, match="已经发布"):
        compute_volumes(project=worked.project, by=by)
    with pytest.raises(AllocationRefused, match="已经发布"):
        save_volumes(project=worked.project, volumes=[], by=by)


@pytest.mark.parametrize("change", ["quantity", "late row", "lost row"])
def test_the_database_keeps_them_too(worked, country, tree, change):
    row = worked.row()
    acts = {
        "quantity": lambda: AllocationRow.objects.filter(pk=row.pk).update(reported=1),
        "late row": lambda: make.volume(worked.project, tree["H42010600002"], "U", 1),
        "lost row": AllocationRow.objects.filter(pk=row.pk).delete,
    }
    with pytest.raises(Exception, match=r"frozen|read only|Cannot update|protect"):
        acts[change]()


def test_computing_anew_follows_the_policies(draft, client, tree):
    make.volume(draft, tree[HOSPITAL], "U", 12_503)
    with whole_country(reason="test"):
        Project.objects.filter(pk=draft.pk).update(agreed_ratio="0.5")

    done = client.post(url("volume_compute", "FL"), follow=True)

    assert "重新计算 1 行" in text_of(done)
    assert stored().agreed == 6_251


def test_removing_rows(draft, client, tree):
    row = make.volume(draft, tree[HOSPITAL], "U", 12_503)
    make.volume(draft, tree[HOSPITAL], "C", 5)

    done = client.post(url("volume_remove", "FL"), {"selected": [row.pk]}, follow=True)

    assert "已删除 1 行分配量" in text_of(done)
    assert stored("C").reported == 5


def test_the_list_filters_by_place_and_name(worked, client):
    def found(query):
        return len(rows_of(client.get(f"{url('volume_list', 'FL')}?{query}")))

    assert [found(q) for q in ("", "province=42", "province=14", "variety=胶囊U")] == [2, 2, 0, 1]


def test_the_export_can_be_imported_again(draft, client, tree):
    _, address = upload(client, [HOSPITAL, None, "U", 12_503], [HOSPITAL, None, "C", 100, 50])
    client.post(address)

    heading, *rows = sheet_of(client, url("volume_export", "FL"))
    first = dict(zip(heading, rows[0], strict=True))
    response, _ = upload(client, *[row[: len(HEAD)] for row in rows])

    assert (first["约定采购量"], first["计算结果：约定采购量"]) in {(50, 50), (None, 10_002)}
    assert response.context["upload"].counts["unchanged"] == 2


def test_only_the_alliance_sees_and_imports(draft, client_of, province_officer, hospital_clerk):
    for person in (province_officer, hospital_clerk):
        for page in ("volume_list", "volume_import"):
            assert client_of(person).get(url(page, "FL")).status_code == 403
