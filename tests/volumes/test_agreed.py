"""Agreed volumes as versions: incomplete rules are named, what is published is current and stands still."""

import io
from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from apps.accounts.models import User
from apps.scope.context import whole_country
from apps.volumes.domain.agreed import acts as service
from apps.volumes.domain.agreed.acts import (
    generate_agreed,
    publish_agreed,
    register_use,
    withdraw_agreed,
)
from apps.volumes.domain.refusals import RulesIncomplete, VolumesRefused
from apps.volumes.domain.versions import review_version
from apps.volumes.models import AgreedQuantity, AgreedVersion, VolumeRules
from tests.exported import opened_export
from tests.pages import tags
from tests.volumes import rounds
from tests.volumes.conftest import Stage

ClientOf = Callable[[User], Client]


def sheets_of(response: object) -> dict[str, list[tuple]]:
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    book = opened_export(io.BytesIO(content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_rules_that_leave_items_open_are_named(stage: Stage) -> None:
    rounds.set_unit(stage.project, "甲单元", winners=None, rule="r4")
    rounds.published_base(stage.project, stage.officer)

    with whole_country(reason="test"):
        with pytest.raises(RulesIncomplete, match="没有填降幅") as refused:
            generate_agreed(project=stage.project, by=stage.by)
        assert AgreedVersion.objects.count() == 0
    assert [gap[:1] for gap in refused.value.gaps] == ["A"]


def test_rules_changed_since_generation_are_not_published(stage: Stage) -> None:
    rounds.published_base(stage.project, stage.officer)
    with whole_country(reason="test"):
        version = generate_agreed(project=stage.project, by=stage.by)
        review_version(version=version, by=stage.by)
        rounds.set_unit(stage.project, "甲单元", winners=3)
        with pytest.raises(VolumesRefused, match="有变化"):
            publish_agreed(version=version, by=stage.by)
        rounds.set_unit(stage.project, "甲单元", winners=2)
        published = publish_agreed(version=version, by=stage.by)

    assert (published.state, published.digest) == ("published", version.digest)


def test_published_volumes_and_their_rules_stand_still(stage: Stage) -> None:
    rounds.published_base(stage.project, stage.officer)
    version = rounds.published_agreed(stage.project, stage.officer)

    with whole_country(reason="test"):
        rows = AgreedQuantity.objects.filter(version=version)
        for touch in (
            lambda: rows.update(agreed=1, kept=1, pending=0, fixed=0),
            rows.delete,
            lambda: rounds.set_unit(stage.project, "甲单元", winners=1),
            lambda: VolumeRules.objects.create(project=stage.project),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                touch()
        with pytest.raises(VolumesRefused, match="已有发布"):
            generate_agreed(project=stage.project, by=stage.by)


def test_a_version_in_use_is_not_withdrawn(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "_uses", [])
    rounds.published_base(stage.project, stage.officer)
    version = rounds.published_agreed(stage.project, stage.officer)
    told = ["分量任务 FL-1 已按这一版生成。"]
    register_use(lambda _version: told[0])

    with whole_country(reason="test"):
        with pytest.raises(VolumesRefused, match="FL-1"):
            withdraw_agreed(version=version, by=stage.by, reason="更正")
        told[0] = ""
        withdrawn = withdraw_agreed(version=version, by=stage.by, reason="更正")

    assert withdrawn.state == "withdrawn"


def test_exports_have_a_sheet_for_the_nation_and_every_province(
    stage: Stage, client_of: ClientOf, province_officer: User
) -> None:
    rounds.published_base(stage.project, stage.officer)
    rounds.published_agreed(stage.project, stage.officer)
    office, province = client_of(stage.officer), client_of(province_officer)

    base = sheets_of(office.get(stage.url("base/export/")))
    agreed = sheets_of(office.get(stage.url("agreed/export/")))
    own = sheets_of(province.get(stage.url("base/export/")))

    assert [title for title in base if title != "说明"][:3] == ["全国", "山西省", "湖北省"]
    values = {
        title: {row[0]: row[4] for row in rows if row[0] == "A"} for title, rows in base.items()
    }
    assert (values["全国"], values["湖北省"], values["山西省"]) == (
        {"A": 1234},
        {"A": 1233},
        {"A": 1},
    )
    assert "第 1 版" in str(base["全国"][0][0])
    listed = {row[0]: row for row in agreed["约定采购量"]}
    assert (listed["A"][10], listed["A"][11]) == (1234, 739)
    below = [row[:3] + row[6:7] for row in agreed["各单位"] if row[2] == "A"]
    assert [(row[1], row[3]) for row in below] == [
        ("山西省医疗保障局", 0),
        ("湖北省医疗保障局", 739),
    ]
    assert "山西省" not in own


def test_what_if_compares_and_writes_nothing(stage: Stage, client_of: ClientOf) -> None:
    rounds.published_base(stage.project, stage.officer)
    client = client_of(stage.officer)
    url = stage.url("agreed/what-if/")

    page = client.get(url, {"winners": "4", "rounding": "half_up", "unit": "甲单元"}).content
    other = client.get(url, {"ratio": "50", "unit": "丙单元"}).content
    wrong = client.get(url, {"ratio": "500"}).content

    cells = [tag.words for tag in tags(page.decode(), "td")]
    assert cells == ["片", "1,234", "60%", "739", "0", "80%", "987", "0", "+248"]
    tried = [tag.words for tag in tags(other.decode(), "td")][3:]
    assert tried == ["900", "555", "50%", "500", "308", "-400"]
    assert tags(wrong.decode(), "td") == []
    with whole_country(reason="test"):
        assert AgreedVersion.objects.count() == VolumeRules.objects.count() == 0
