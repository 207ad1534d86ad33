"""The base: what it sums, who is named as missing, what keeps a province where it stands, what never changes."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pgtrigger
import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.proofs import ProofMissing
from apps.accounts.models import User
from apps.audit.models import LogEntry
from apps.notices.models import Message, MessageKind
from apps.projects.models import Project
from apps.review.domain.refusals import ActionRefused
from apps.review.domain.rounds.concluding import conclude_project
from apps.review.models import Filing
from apps.review.models.statuses import Action
from apps.scope.context import whole_country
from apps.volumes.domain.agreed.acts import (
    generate_agreed,
    publish_agreed,
    withdraw_agreed,
)
from apps.volumes.domain.bases.acts import generate_base, publish_base, withdraw_base
from apps.volumes.domain.refusals import ProvincesMissing, VolumesRefused
from apps.volumes.domain.versions import review_version
from apps.volumes.models import BaseQuantity, BaseVersion, Conversion
from tests import factories_demand as make
from tests.cast import Tree
from tests.review.acting import act
from tests.volumes import rounds
from tests.volumes.conftest import Stage

ClientOf = Callable[[User], Client]


def province_filing(stage: Stage, code: str = "42") -> Filing:
    return make.filing_of(stage.project, stage.tree[code])


@pytest.mark.covers("S2-08")
def test_the_base_sums_approved_provinces_by_item(stage: Stage) -> None:
    version = rounds.published_base(stage.project, stage.officer)

    with whole_country(reason="test"):
        rows = BaseQuantity.objects.filter(version=version)
        found = {
            (path, code): quantity
            for path, code, quantity in rows.values_list(
                "filing__path", "item__item_code", "quantity"
            )
        }
    assert found == {
        ("/0/42/", "A"): 1_233, ("/0/42/", "B"): 12_506, ("/0/42/", "C"): 1_000,
        ("/0/42/", "D"): 98_385, ("/0/14/", "A"): 1, ("/0/14/", "B"): 47,
        ("/0/14/", "C"): 0, ("/0/14/", "D"): 0,
    }  # fmt: skip
    assert len(version.totals_hash) == 64


def test_missing_provinces_are_named_and_must_be_confirmed(
    tree: Tree, alliance_officer: User, client_of: ClientOf
) -> None:
    reports = {tree["H42010600001"]: {"A": 10}, tree["H14010500001"]: {"A": 20}}
    project = rounds.approved_round(
        reports, alliance_officer, units={"A": "甲"}, waiting=[tree["14"]]
    )
    client, url = client_of(alliance_officer), f"/analysis/{project.code}/base/generate/"

    refused = client.post(url)
    with whole_country(reason="test"), pytest.raises(ProvincesMissing, match="山西"):
        generate_base(project=project, by=Actor.of(alliance_officer))
    accepted = client.post(url, {"confirmed": "1"})

    assert (refused.status_code, accepted.status_code) == (409, 302)
    assert "山西" in refused.content.decode()
    with whole_country(reason="test"):
        version = BaseVersion.objects.get()
        assert version.missing == ["/0/14/"]
        assert BaseQuantity.objects.get(version=version).quantity == 10
    assert "山西" in client.get(f"/analysis/{project.code}/base/").content.decode()


def test_only_the_alliance_generates(stage: Stage, province_officer: User) -> None:
    with whole_country(reason="test"), pytest.raises(VolumesRefused, match="只有联采办"):
        generate_base(project=stage.project, by=Actor.of(province_officer))


@pytest.mark.parametrize("action", [Action.RETURN, Action.UNAPPROVE])
def test_a_province_of_a_published_base_does_not_go_back(stage: Stage, action: Action) -> None:
    version = rounds.published_base(stage.project, stage.officer)
    filing = province_filing(stage)

    with pytest.raises(ActionRefused, match="计算基数"):
        act(action, stage.officer, filing, reason="数量有误")
    with whole_country(reason="test"):
        withdraw_base(version=version, by=stage.by, reason="湖北数量有误")
    act(action, stage.officer, filing, reason="数量有误")

    filing.refresh_from_db()
    assert filing.status == action_target(action)


def action_target(action: Action) -> str:
    return "returned" if action == Action.RETURN else "submitted"


def test_a_round_is_concluded_only_after_its_base(
    stage: Stage, client_of: Callable[[User], Client]
) -> None:
    with whole_country(reason="test"):
        with pytest.raises(ActionRefused, match="请先生成并发布约定采购量计算基数"):
            conclude_project(stage.project, by=stage.by)
        page = client_of(stage.officer).get(f"/review/{stage.project.code}/conclude/")
        assert "还不能办结" in page.content.decode()
        rounds.published_base(stage.project, stage.officer)
        conclude_project(stage.project, by=stage.by)

    stage.project.refresh_from_db()
    assert stage.project.phase == "concluded"


def test_withdrawing_needs_a_reason_and_nothing_resting_on_it(stage: Stage) -> None:
    version = rounds.published_base(stage.project, stage.officer)
    agreed = rounds.published_agreed(stage.project, stage.officer)

    with whole_country(reason="test"):
        with pytest.raises(VolumesRefused, match="原因"):
            withdraw_base(version=version, by=stage.by, reason=" ")
        with pytest.raises(VolumesRefused, match="先撤销约定采购量"):
            withdraw_base(version=version, by=stage.by, reason="有误")
        withdraw_agreed(version=agreed, by=stage.by, reason="中选结果更正")
        withdraw_base(version=version, by=stage.by, reason="有误")
        again = generate_base(project=stage.project, by=stage.by)

    assert again.number == 2
    version.refresh_from_db()
    assert (version.state, version.withdrawn_reason) == ("withdrawn", "有误")


def test_what_moved_since_generation_is_not_published(stage: Stage) -> None:
    with whole_country(reason="test"):
        version = review_version(
            version=generate_base(project=stage.project, by=stage.by), by=stage.by
        )
        items = make.items_of(stage.project)
        with pgtrigger.ignore("volumes.Conversion:never_chained"):
            Conversion.objects.create(
                project=stage.project, item=items["B"], main=items["A"], coefficient=Decimal(2)
            )
        with pytest.raises(VolumesRefused, match="折算系数有变化"):
            publish_base(version=version, by=stage.by)
        Conversion.objects.all().delete()
    act(Action.UNAPPROVE, stage.officer, province_filing(stage, "14"))
    with whole_country(reason="test"), pytest.raises(VolumesRefused, match="重新生成"):
        publish_base(version=version, by=stage.by)


def test_where_the_project_asks_bases_and_agreed_volumes_are_published_with_a_proof(
    stage: Stage,
) -> None:
    proved = replace(stage.by, proved=True)
    with whole_country(reason="test"):
        base = review_version(
            version=generate_base(project=stage.project, by=stage.by), by=stage.by
        )
        with pgtrigger.ignore("projects.Project:policies_frozen"):
            Project.objects.filter(pk=stage.project.pk).update(asks_proof=True)
        with pytest.raises(ProofMissing):
            publish_base(version=base, by=stage.by)
        publish_base(version=base, by=proved)
        agreed = generate_agreed(project=stage.project, by=stage.by)
        review_version(version=agreed, by=stage.by)
        with pytest.raises(ProofMissing):
            publish_agreed(version=agreed, by=stage.by)
        assert publish_agreed(version=agreed, by=proved).state == "published"


def test_the_database_keeps_a_published_base_as_it_is(stage: Stage) -> None:
    version = rounds.published_base(stage.project, stage.officer)

    with whole_country(reason="test"):
        rows = BaseQuantity.objects.filter(version=version)
        for touch in (
            lambda: rows.update(quantity=1, converted=1),
            rows.delete,
            lambda: BaseVersion.objects.filter(pk=version.pk).update(totals_hash=""),
            lambda: BaseVersion.objects.filter(pk=version.pk).update(state="draft"),
            BaseVersion.objects.filter(pk=version.pk).delete,
            lambda: Conversion.objects.create(
                project=stage.project,
                item_id=rows.first().item_id,
                main_id=rows.first().item_id,
                coefficient=1,
            ),
        ):
            with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
                touch()
        assert rows.filter(item__item_code="A", filing__path="/0/42/").get().quantity == 1_233


def test_publication_is_logged_and_told_to_the_provinces(
    stage: Stage, django_capture_on_commit_callbacks: Callable
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        rounds.published_base(stage.project, stage.officer)

    with whole_country(reason="test"):
        told = Message.objects.filter(kind=MessageKind.VOLUMES)
        assert set(told.values_list("path", flat=True)) == {"/0/42/", "/0/14/"}
        verbs = LogEntry.objects.filter(project_code="BL").values_list("verb", flat=True)
        assert {"生成计算基数", "复核计算基数", "发布计算基数"} <= set(verbs)
