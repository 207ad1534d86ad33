"""A fresh password or code before 审核通过, 提交, 发布, 办结 and 上报, where a project asks for it; nowhere else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from axes.models import AccessAttempt
from django.test import Client
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.proofs import ProofMissing
from apps.accounts.models import Authenticator, User
from apps.jobs.inline import run_waiting_jobs
from apps.jobs.models import Job
from apps.projects.models import CatalogItem, Phase, Project
from apps.review.domain.machine import TRANSITIONS
from apps.review.domain.performing import perform
from apps.review.models import Filing
from apps.review.models.statuses import Action, Status
from tests.authenticators import bound, token
from tests.cast import Tree
from tests.factories import PASSWORD
from tests.factories_review import filings_of, put
from tests.pages import tags
from tests.review.acting import status_of
from tests.review.planting import draft_project, filing_of, planted

ClientOf = Callable[[User], Client]
CITY = ("H42010600001", "H42010600002", "H42010000001")
URL = "/review/PAPER/"


@pytest.fixture
def asking(tree: Tree, country: object, paper: object) -> Project:
    """A published round that asks."""
    del country, paper
    return planted([tree[code] for code in CITY], chain=["city", "province"], asks_proof=True)


@pytest.fixture
def waiting(asking: Project, tree: Tree) -> list[Filing]:
    found = put(Status.SUBMITTED, *filings_of(asking, [tree[code] for code in CITY]))
    return sorted(found, key=lambda filing: filing.path)


@pytest.fixture
def client(client_of: ClientOf, city_reviewer: User) -> Client:
    return client_of(city_reviewer)


def approve(filing: Filing) -> str:
    return f"{URL}filings/{filing.pk}/approve/"


def typed(filing: Filing, **more: str) -> dict[str, Any]:
    return {"version": filing.version, **more}


class TestApproval:
    def test_without_it_the_page_asks_and_nothing_is_done(
        self, waiting: list[Filing], client: Client
    ) -> None:
        response = client.post(approve(waiting[0]), typed(waiting[0], next="1"))

        page = response.content.decode()
        assert "再次验证身份" in page
        hidden = {field.get("name"): field.get("value") for field in tags(page, "input")}
        assert (hidden["version"], hidden["next"]) == (str(waiting[0].version), "1")
        assert status_of(waiting[0]) == "submitted"

    def test_the_password_does_it(self, waiting: list[Filing], client: Client) -> None:
        assert 'name="proof"' in client.get(approve(waiting[0])).content.decode()

        response = client.post(approve(waiting[0]), typed(waiting[0], proof=PASSWORD))

        assert response.status_code == 302
        assert status_of(waiting[0]) == "approved"

    def test_it_is_good_for_one_act_alone(self, waiting: list[Filing], client: Client) -> None:
        client.post(approve(waiting[0]), typed(waiting[0], proof=PASSWORD))
        client.post(approve(waiting[1]), typed(waiting[1]))

        assert [status_of(filing) for filing in waiting[:2]] == ["approved", "submitted"]

    def test_a_wrong_one_is_refused_counted_and_kept_nowhere(
        self, waiting: list[Filing], client: Client
    ) -> None:
        answers = [
            client.post(approve(waiting[0]), typed(waiting[0], proof="Guess-Typed-17"))
            for _ in range(5)
        ]

        assert [answer.status_code for answer in answers] == [403, 403, 403, 403, 429]
        assert "密码或动态验证码不正确，没有办理" in answers[0].content.decode()
        (attempt,) = AccessAttempt.objects.all()
        assert (attempt.failures_since_start, "Guess-Typed-17" in str(vars(attempt))) == (5, False)
        assert "Guess-Typed-17" not in answers[0].content.decode()
        assert status_of(waiting[0]) == "submitted"

    def test_a_code_does_it_too_and_once(
        self, waiting: list[Filing], client_of: ClientOf, city_reviewer: User
    ) -> None:
        with time_machine.travel(timezone.now()) as clock:
            bound(city_reviewer)
            client = client_of(city_reviewer)
            client.post("/accounts/two-step/", {"token": token(Authenticator.objects.get())})
            clock.shift(timedelta(seconds=60))
            code = token(Authenticator.objects.get())

            client.post(approve(waiting[0]), typed(waiting[0], proof=code))
            client.post(approve(waiting[1]), typed(waiting[1], proof=code))

        assert [status_of(filing) for filing in waiting[:2]] == ["approved", "submitted"]

    def test_many_at_once(self, waiting: list[Filing], client: Client) -> None:
        chosen = {"action": "approve", "selected": [filing.pk for filing in waiting]}
        page = client.post(f"{URL}?status=submitted", chosen)["Location"]
        assert 'name="proof"' in client.get(page).content.decode()

        assert "再次验证身份" in client.post(page).content.decode()
        client.post(page, {"proof": PASSWORD})

        assert {status_of(filing) for filing in waiting} == {"approved"}

    def test_what_is_refused_anyway_asks_for_nothing(
        self, waiting: list[Filing], client: Client
    ) -> None:
        put(Status.APPROVED, waiting[0])

        response = client.post(approve(waiting[0]), typed(waiting[0]))

        assert response.status_code == 409

    def test_scripts_get_a_sentence(self, waiting: list[Filing], client: Client) -> None:
        asked = {"Sec-Fetch-Dest": "empty"}

        response = client.post(approve(waiting[0]), typed(waiting[0]), headers=asked)

        assert (response.status_code, "登录密码" in response.json()["message"]) == (403, True)

    def test_a_return_asks_for_nothing(self, waiting: list[Filing], client: Client) -> None:
        page = client.get(f"{URL}filings/{waiting[0].pk}/return/").content.decode()

        assert 'name="proof"' not in page


@pytest.mark.parametrize("action", [action for action in Action if action in TRANSITIONS])
def test_which_acts_ask(action: Action) -> None:
    """Written by hand: what the tier above or everybody else builds on."""
    asks = {Action.SUBMIT, Action.APPROVE, Action.REPORT_FOR, Action.CONCLUDE}

    assert TRANSITIONS[action].act.proves == (action in asks)


def test_a_package_is_submitted(
    asking: Project, tree: Tree, waiting: list[Filing], client: Client
) -> None:
    put(Status.APPROVED, *waiting)
    city = filing_of(asking, tree["420100"])
    assert 'name="proof"' in client.get(f"{URL}confirm/").content.decode()

    asked = client.post(f"{URL}confirm/", {"version": city.version, "confirmed": "1"})
    assert ("再次验证身份" in asked.content.decode(), status_of(city)) == (True, "draft")
    client.post(f"{URL}confirm/", {"version": city.version, "confirmed": "1", "proof": PASSWORD})

    assert status_of(city) == "submitted"


def test_a_round_is_concluded(
    asking: Project, tree: Tree, client_of: ClientOf, alliance_officer: User
) -> None:
    put(Status.APPROVED, *Filing.objects.filter(project=asking).exclude(tier="alliance"))
    client = client_of(alliance_officer)
    assert 'name="proof"' in client.get(f"{URL}conclude/").content.decode()

    asked = client.post(f"{URL}conclude/", {"confirmed": "1"})
    asking.refresh_from_db()
    assert ("再次验证身份" in asked.content.decode(), asking.phase) == (True, Phase.PUBLISHED)
    client.post(f"{URL}conclude/", {"confirmed": "1", "proof": PASSWORD})

    asking.refresh_from_db()
    assert asking.phase == Phase.CONCLUDED


class TestPublication:
    @pytest.fixture
    def prepared(self, tree: Tree, country: object, paper: object) -> Project:
        del country, paper
        project = draft_project([tree["H42010600001"]], asks_proof=True)
        CatalogItem.objects.create(
            project=project, item_code="A-1", lot="一", product_group="一", competition_unit="一",
            variety="丹参片", specification="0.3g", unit="片", pack_quantity=24,
            manufacturer_name="江城制药", daily_usage=6,
        )  # fmt: skip
        return project

    @pytest.fixture
    def alliance(self, client_of: ClientOf, alliance_officer: User) -> Client:
        return client_of(alliance_officer)

    def phase_after(self, project: Project, client: Client, **more: str) -> str:
        client.post(f"{URL}publish/", more)
        run_waiting_jobs()
        project.refresh_from_db()
        return project.phase

    def test_it_asks(self, prepared: Project, alliance: Client) -> None:
        assert 'name="proof"' in alliance.get(f"{URL}publish/").content.decode()
        assert self.phase_after(prepared, alliance) == Phase.PREPARING
        assert self.phase_after(prepared, alliance, proof=PASSWORD) == Phase.PUBLISHED

    def test_as_a_job_it_asks_before(
        self, prepared: Project, alliance: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("apps.review.pages.projects.AT_ONCE", 0)

        assert self.phase_after(prepared, alliance) == Phase.PREPARING
        assert not Job.objects.exists()
        assert self.phase_after(prepared, alliance, proof=PASSWORD) == Phase.PUBLISHED
        assert PASSWORD not in str(list(Job.objects.values()))


def test_no_service_goes_round_it(waiting: list[Filing], city_reviewer: User) -> None:
    by = Actor.of(city_reviewer)

    with pytest.raises(ProofMissing):
        perform([waiting[0]], Action.APPROVE, by=by)

    perform([waiting[0]], Action.APPROVE, by=replace(by, proved=True))
    assert status_of(waiting[0]) == "approved"


def test_where_a_project_does_not_ask_nobody_is_asked(
    round_on_paper: Project, tree: Tree, client: Client
) -> None:
    (filing,) = put(Status.SUBMITTED, *filings_of(round_on_paper, [tree["H42010600001"]]))

    assert 'name="proof"' not in client.get(approve(filing)).content.decode()
    client.post(approve(filing), typed(filing))

    assert status_of(filing) == "approved"


def test_from_the_publication_on_it_stays(asking: Project) -> None:
    asking.asks_proof = False

    with pytest.raises(Exception, match=r"policies_frozen|Cannot"):
        asking.save()
