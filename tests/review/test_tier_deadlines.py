"""退到机构 and 补报 through several tiers: who goes back with it, and until when each of them may correct."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.organizations.models import Tier
from apps.projects.models import Project, SupplementWindow
from apps.review.domain.refusals import DeadlineInvalid, FilingsMoved
from apps.review.domain.returning import return_through
from apps.review.domain.returns.deadlines import proposed, require_order
from apps.review.domain.rounds.supplementing import supplement_filings
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import Action, Status
from apps.scope.context import enter
from tests.cast import Tree
from tests.factories_review import put
from tests.review.acting import status_of
from tests.review.planting import Paper, filing_of, move_window

ClientOf = Callable[[User], Client]
DAY = timedelta(days=1)


@pytest.fixture
def handed_up(
    round_on_paper: Project, hospital_clerk: User, tree: Tree
) -> tuple[Filing, Filing, Filing]:
    """A lapsed institution below an approved city of a submitted province; the institutions' time is over."""
    now = timezone.now()
    move_window(round_on_paper, Tier.INSTITUTION, now - 3 * DAY, now - DAY)
    own, city, province = (
        filing_of(round_on_paper, unit) for unit in (hospital_clerk, tree["420100"], tree["42"])
    )
    put(Status.LAPSED, own)
    put(Status.APPROVED, city)
    put(Status.SUBMITTED, province)
    return own, city, province


def ends(now: datetime) -> dict[str, datetime]:
    return {"institution": now + DAY, "city": now + 2 * DAY, "province": now + 3 * DAY}


def test_lower_tiers_get_the_earlier_parts_of_the_time() -> None:
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    found = proposed(["province", "institution", "city"], last=now + 3 * DAY, now=now)

    assert found == ends(now)
    require_order(found)
    with pytest.raises(DeadlineInvalid, match="医疗机构的截止时间须早于市医保的"):
        require_order(found | {"institution": now + 2 * DAY})


def test_every_tier_gets_its_own_deadline(
    handed_up: tuple[Filing, Filing, Filing], alliance_officer: User
) -> None:
    own, city, province = handed_up
    put(Status.APPROVED, own)
    until = ends(timezone.now())

    with enter(scope_of(alliance_officer)):
        return_through(own, by=Actor.of(alliance_officer), reason="重复", deadlines=until)

    for filing in handed_up:
        filing.refresh_from_db()
        assert (filing.status, filing.correction_deadline) == ("returned", until[filing.tier])
        assert filing.returned_by_tier == Tier.ALLIANCE
    del city, province


@pytest.mark.covers("S2-25")
def test_a_supplement_returns_what_stands_above_it(
    handed_up: tuple[Filing, Filing, Filing], alliance_officer: User
) -> None:
    own, city, province = handed_up
    now = timezone.now()
    until = {tier: end for tier, end in ends(now).items() if tier != "institution"}
    asked = {"by": Actor.of(alliance_officer), "reason": "断网", "closes_at": now + DAY}

    with enter(scope_of(alliance_officer)):
        with pytest.raises(FilingsMoved, match="上级单位的提交有变化"):
            supplement_filings([own], packages=[city.pk], deadlines=until, **asked)
        late = until | {"city": now + DAY / 2}
        with pytest.raises(DeadlineInvalid):
            supplement_filings([own], packages=[city.pk, province.pk], deadlines=late, **asked)
        supplement_filings([own], packages=[city.pk, province.pk], deadlines=until, **asked)

    assert [status_of(filing) for filing in handed_up] == ["draft", "returned", "returned"]
    assert SupplementWindow.objects.get(organization=own.organization).closes_at == now + DAY
    events = FilingEvent.objects.filter(action=Action.RETURN).order_by("pk")
    assert list(events.values_list("on_behalf_of", "reason", "deadline")) == [
        ("", "为下级医疗机构开放补报：断网", until["province"]),
        ("湖北省医疗保障局", "为下级医疗机构开放补报：断网", until["city"]),
    ]


def test_the_list_leads_to_one_dialog_that_names_what_goes_back(
    handed_up: tuple[Filing, Filing, Filing], alliance_officer: User, client_of: ClientOf
) -> None:
    own, city, province = handed_up
    client = client_of(alliance_officer)
    ticked = {"selected": [own.pk], "action": "supplement"}

    asked = client.post("/review/PAPER/overdue/?pile=lapsed", ticked)["Location"]
    page = client.get(asked)
    html = page.content.decode()
    form = page.context["form"]

    assert "将先从上到下退回 2 个单位：湖北省医疗保障局、武汉市医疗保障局" in " ".join(html.split())
    assert [each.label for each in form.tier_deadlines] == ["省医保更正截止", "市医保更正截止"]
    fields = {"reason": "断网", "packages": form["packages"].value()}
    for name in ("closes_at", "until_city", "until_province"):
        day = timezone.localtime() + DAY * (1 + list(form.fields).index(name))
        fields |= {f"{name}_0": day.strftime("%Y-%m-%d"), f"{name}_1": "24:00"}
    fields["until_province_0"] = (timezone.localtime() + 30 * DAY).strftime("%Y-%m-%d")
    wrong = fields | {"until_city_0": fields["until_province_0"]}
    assert "须早于" in client.post(asked, wrong).content.decode()
    client.post(asked, fields)

    assert [status_of(filing) for filing in (own, city, province)] == [
        "draft",
        "returned",
        "returned",
    ]


def test_one_institution_is_returned_with_a_deadline_for_each_tier(
    handed_up: tuple[Filing, Filing, Filing], alliance_officer: User, hospital_clerk: User,
    client_of: ClientOf,
) -> None:  # fmt: skip
    own, city, _province = handed_up
    put(Status.APPROVED, own)
    url = f"/review/PAPER/filings/{own.pk}/return-through/"
    client = client_of(alliance_officer)
    form = client.get(url).context["form"]
    data = {"version": own.version, "reason": "重复计数"}
    for number, tier in enumerate(("institution", "city", "province"), start=1):
        day = timezone.localtime() + number * DAY
        data |= {f"until_{tier}_0": day.strftime("%Y-%m-%d"), f"until_{tier}_1": "18:00"}

    client.post(url, data)

    assert [each.label for each in form.tier_deadlines] == [
        "省医保更正截止",
        "市医保更正截止",
        "医疗机构更正截止",
    ]
    own.refresh_from_db()
    city.refresh_from_db()
    assert own.correction_deadline is not None
    assert city.correction_deadline == own.correction_deadline + DAY
    page = client_of(hospital_clerk).get(f"/review/PAPER/filings/{own.pk}/").content.decode()
    assert "联采办退回" in page
    assert "市医保退回" not in page


def test_who_saved_and_did_not_report_is_chosen_together(
    handed_up: tuple[Filing, Filing, Filing], paper: Paper, tree: Tree, province_officer: User,
    client_of: ClientOf,
) -> None:  # fmt: skip
    saved = filing_of(handed_up[0].project, tree["H42010600002"])
    paper.begun = {saved.pk: timezone.now()}
    put(Status.DRAFT, *handed_up[1:])
    client = client_of(province_officer)

    html = client.get("/review/PAPER/overdue/?pile=never&saved=saved").content.decode()
    blank = client.get("/review/PAPER/overdue/?pile=never&saved=blank").content.decode()

    assert "武昌区中医医院" in html
    assert "武汉市第一医院" not in html
    assert "武昌区中医医院" not in blank
    assert "武汉市第一医院" in blank
