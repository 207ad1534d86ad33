"""Windows beside one another: the tiers' order and provinces' own times, by the service, the form and the database."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.audit.models import LogEntry
from apps.organizations.models import Tier
from apps.projects.domain.windows.acts import (
    set_province_window,
    set_switch,
    set_window,
    set_windows,
)
from apps.projects.domain.windows.extending import Cause, extend
from apps.projects.domain.windows.fitting import ProvincesApart, WindowInvalid
from apps.projects.models import Phase, Project, ProjectWindow, ProvinceWindow
from apps.projects.models.windows import Window
from tests.factories_projects import ProjectFactory, open_windows, ready_project, walk_to
from tests.pages import shown, tags

pytestmark = pytest.mark.usefixtures("db", "country")
DAY = timedelta(days=1)
FIELDS = ("opens_at_0", "opens_at_1", "closes_at_0", "closes_at_1")


@pytest.fixture
def start() -> datetime:
    return timezone.localtime().replace(hour=9, minute=0, second=0, microsecond=0) - DAY


@pytest.fixture
def project(start) -> Project:
    """Institutions, cities and provinces end a day after another."""
    project = ProjectFactory()
    for number, tier in enumerate((Tier.INSTITUTION, Tier.CITY, Tier.PROVINCE), start=5):
        open_windows(project, tier, opens_at=start, closes_at=start + number * DAY)
    return project


def judged() -> None:
    """As at the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def written(model, **fields) -> None:
    model.objects.update_or_create(**fields)
    judged()


def narrow(project, province, tier, start, end, by) -> None:
    set_province_window(
        project=project, province=province, tier=tier, opens_at=start, closes_at=end, is_on=True, by=Actor.of(by)
    )  # fmt: skip


def test_one_window_alone_is_held_against_the_others(project, start, alliance_officer):
    with pytest.raises(WindowInvalid, match=r"市医保的时间窗口.*早于医疗机构"):
        set_window(
            project=project, tier=Tier.CITY, opens_at=start, closes_at=start + 4 * DAY, is_on=True,
            by=Actor.of(alliance_officer),
        )  # fmt: skip


def test_provinces_that_no_longer_fit_are_named_and_go_back_when_confirmed(
    project, start, tree, alliance_officer
):
    narrow(project, tree["42"], Tier.INSTITUTION, start, start + 4 * DAY, alliance_officer)
    shorter = {
        "project": project,
        "windows": {Tier.INSTITUTION: Window(start, start + 3 * DAY)},
        "by": Actor.of(alliance_officer),
    }

    with pytest.raises(ProvincesApart, match=r"湖北省.*医疗机构"):
        set_windows(**shorter)
    assert ProvinceWindow.objects.exists()

    set_windows(**shorter, fits_provinces=True)

    assert not ProvinceWindow.objects.exists()
    assert LogEntry.objects.filter(sentence__contains="改为“按全国时间”").count() == 1
    judged()


def test_a_longer_time_of_institutions_must_not_outrun_a_province(
    project, start, tree, alliance_officer
):
    narrow(project, tree["42"], Tier.CITY, start, start + 5 * DAY, alliance_officer)
    longer = {Tier.INSTITUTION: Window(start, start + 6 * DAY)}

    with pytest.raises(ProvincesApart, match="市医保"):
        set_windows(project=project, windows=longer, by=Actor.of(alliance_officer))


def test_switches_alone_are_free(project, start, tree, alliance_officer):
    ProjectWindow.objects.filter(project=project, tier=Tier.CITY).update(closes_at=start + 4 * DAY)

    set_switch(project=project, tier=Tier.CITY, is_on=False, by=Actor.of(alliance_officer))

    ProjectWindow.objects.filter(project=project, tier=Tier.CITY).update(closes_at=start + 6 * DAY)


def test_an_extension_takes_provinces_along_that_it_would_outrun(tree, start, alliance_officer):
    project = walk_to(ready_project(tree["H42010600001"]), Phase.PUBLISHED)
    city = ProjectWindow.objects.get(project=project, tier=Tier.CITY).window
    narrow(project, tree["42"], Tier.CITY, city.opens_at, city.closes_at, alliance_officer)
    moved = {
        "project": project, "span": DAY, "cause": Cause.WISH, "reason": "等数据", "by": Actor.of(alliance_officer),
    }  # fmt: skip

    with pytest.raises(WindowInvalid, match="请勾选一并顺延"):
        extend(**moved)
    extend(**moved, provinces=[tree["42"].pk])
    judged()


@pytest.mark.parametrize(
    ("tier", "days", "said"),
    [
        (Tier.CITY, 4, "ends before"),
        (Tier.PROVINCE, 5, "ends before"),
        (Tier.ALLIANCE, 3, "ends before"),
    ],
)
def test_the_database_refuses_a_tier_that_ends_first(project, start, tier, days, said):
    ends = {"opens_at": start, "closes_at": start + days * DAY}

    with pytest.raises(DatabaseError, match=said), transaction.atomic():
        written(ProjectWindow, project=project, tier=tier, defaults=ends)


@pytest.mark.parametrize(
    ("tier", "days", "said"),
    [
        (Tier.INSTITUTION, 6, "outside the national"),
        (Tier.CITY, 4, "in a province"),
    ],
)
def test_the_database_holds_provinces_within_the_nation(project, start, tree, tier, days, said):
    ends = {"path": tree["42"].path, "opens_at": start, "closes_at": start + days * DAY}

    with pytest.raises(DatabaseError, match=said), transaction.atomic():
        written(ProvinceWindow, project=project, province=tree["42"], tier=tier, defaults=ends)


def typed(client, url: str) -> dict[str, str]:
    """What the form shows, as a browser would send it."""
    page = client.get(url).content.decode()
    found = {tag["name"]: tag.get("value", "") for tag in tags(page, "input") if "name" in tag}
    kept = {name: value for name, value in found.items() if name.endswith((*FIELDS, "is_on"))}
    return kept | {name: "on" for name in kept if name.endswith("is_on")} | shown(client, url)


def test_the_form_says_it_in_the_row(project, client_of, alliance_officer):
    client = client_of(alliance_officer)
    edit = f"/projects/{project.code}/windows/edit/"
    sent = typed(client, edit)

    sent["city-closes_at_0"] = sent["institution-closes_at_0"]
    sent["city-closes_at_1"] = "00:30"
    page = client.post(edit, sent).content.decode()

    row = next(tag for tag in tags(page, "tr") if tag.words.startswith("市医保"))
    assert "早于医疗机构" in row.words


def test_the_form_asks_before_a_province_loses_its_time(
    project, start, tree, client_of, alliance_officer
):
    narrow(project, tree["42"], Tier.INSTITUTION, start, start + 5 * DAY, alliance_officer)
    client = client_of(alliance_officer)
    edit = f"/projects/{project.code}/windows/edit/"
    sent = typed(client, edit)
    sent["institution-closes_at_0"] = f"{start + 3 * DAY:%Y-%m-%d}"

    asked = client.post(edit, sent).content.decode()
    assert "有省份的本省时间不再适用" in asked
    assert ProvinceWindow.objects.exists()

    saved = client.post(edit, sent | {"fits_provinces": "on"})
    assert saved.status_code == 302
    assert not ProvinceWindow.objects.exists()


def test_what_cannot_be_sent_is_not_opened(tree, client_of, alliance_officer):
    project = walk_to(ready_project(tree["H42010600001"]), Phase.CONCLUDED)
    client = client_of(alliance_officer)

    listed = client.get(f"/projects/{project.code}/windows/").content.decode()
    form = client.get(f"/projects/{project.code}/windows/edit/").content.decode()

    assert [tag.words for tag in tags(listed, "button") if "disabled" in tag] == [
        "延期",
        "修改时间",
    ]
    assert "项目已截止，时间不再变化" in listed
    assert "现在不能修改时间" in form
    assert 'name="institution-closes_at_0"' not in form
