"""A person of the alliance takes a seat in a rehearsal: every page there is the rehearsal's, none of it is outside."""

import io
from datetime import timedelta

import pytest
from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.audit.models import LogEntry
from apps.exchange.files.pdf import Document, Text, write_pdf
from apps.notices.models import Message, MessageKind
from apps.organizations.models import Organization
from apps.projects.models import Project
from apps.rehearsals.domain.making import run_forward, span_of
from apps.rehearsals.domain.refusals import RehearsalRefused
from apps.rehearsals.domain.seats import seat_of
from apps.rehearsals.models import Rehearsal
from apps.rehearsals.pages.inside import entrance, prefix_of
from apps.reporting.domain.totals import forget_totals
from apps.review.domain.performing import perform
from apps.review.models import Filing
from apps.review.models.statuses import Action, Status
from apps.scope.context import whole_country
from apps.scope.sandbox import real_now, within
from tests.factories import sub_account_of
from tests.pages import shown
from tests.pdf_reading import pages_of
from tests.rehearsals.rehearsing import CODE, LINK, rehearsed, round_of, walk

pytestmark = pytest.mark.django_db
MARK = "仅演练可见"


def test_pages_of_a_seat_lead_nowhere_else_and_nothing_of_them_stands_outside(
    tree, alliance_officer, county_reviewer, hospital_clerk, country, client_of
):
    held = rehearsed(round_of(tree, alliance_officer), alliance_officer)
    with within(held.sandbox):
        Project.objects.update(description=MARK)
        Organization.objects.filter(tier="institution").update(contact_name=MARK)
        for unit in Organization.objects.filter(tier="county"):
            Organization.objects.filter(pk=unit.pk).update(name=f"{unit.name}{MARK}")
    client = client_of(alliance_officer)
    home, leave = prefix_of(held.pk, county_reviewer.pk), f"/rehearsals/{held.pk}/"

    inside = dict(walk(client, f"{home}review/", below=home, most=30))
    assert len(inside) > 10
    for address, page in inside.items():
        assert "data-rehearsal" in page, address
        assert MARK in page, address
        strays = [link for link in LINK.findall(page) if not link.startswith((home, leave))]
        assert strays == [], address

    for person in (alliance_officer, county_reviewer, hospital_clerk):
        outside = dict(walk(client_of(person), "/", below="/", most=40))
        assert len(outside) > 5
        for address, page in outside.items():
            if address != leave:
                assert MARK not in page, (person.username, address)
                assert "/rehearsal/" not in page, (person.username, address)


def test_seats_are_the_alliances_and_open_nothing_of_accounts(
    tree, alliance_officer, county_reviewer, hospital_clerk, administrator, country, client_of
):
    held = rehearsed(round_of(tree, alliance_officer), alliance_officer)
    there = entrance(held.pk, county_reviewer.pk)
    own = client_of(alliance_officer)
    assert own.get(there).status_code == 200
    for person in (county_reviewer, hospital_clerk, administrator):
        assert client_of(person).get(there).status_code == 403
    assert own.get(entrance(held.pk, administrator.pk)).status_code == 403
    assert own.get(entrance(held.pk + 1, county_reviewer.pk)).status_code == 403
    for shut in ("accounts/security/", "accounts/login/", "subscriptions/hooks/", "rehearsals/"):
        assert own.get(f"{there}{shut}").status_code == 403
    assert own.get("/rehearsals/").status_code == 200
    sub = sub_account_of(
        alliance_officer, permission_subset=["query", "review", "manage"], username="alliance-sub"
    )
    rehearsal, seat = seat_of(sub, held.pk, county_reviewer.pk)
    assert rehearsal.pk == held.pk
    assert sorted(seat.permissions) == ["query", "review"]


def test_a_reviewer_acts_by_the_rehearsals_calendar(
    tree, alliance_officer, county_reviewer, country, client_of
):
    project = round_of(tree, alliance_officer)
    held = rehearsed(project, alliance_officer)
    with within(held.sandbox), whole_country(reason="test"):
        waiting = Filing.objects.filter(tier="institution", status=Status.SUBMITTED).first()
        reviewer = Filing.objects.get(pk=waiting.parent_id).organization
        seat = (
            reviewer.pk and county_reviewer.__class__.objects.filter(organization=reviewer).first()
        )
        by = Actor.of(seat) if seat else Actor.system()
        if seat:
            perform([waiting], Action.APPROVE, by=by)
            waiting.refresh_from_db()
            ahead = waiting.reviewed_at - real_now()
            assert abs(ahead - held.ahead) < timedelta(minutes=5)
    with whole_country(reason="test"):
        assert set(Filing.objects.values_list("status", flat=True)) == {Status.DRAFT}

    client = client_of(alliance_officer)
    page = reverse("rehearsals:rehearsal_detail", args=[held.pk])
    now = real_now() + held.ahead
    with pytest.raises(RehearsalRefused, match="只能向前"):
        run_forward(rehearsal=held, to=now - timedelta(hours=1), by=Actor.of(alliance_officer))
    day = (now + timedelta(days=40)).date()
    clock = reverse("rehearsals:rehearsal_clock", args=[held.pk])
    answer = client.post(clock, {**shown(client, page), "to_0": str(day), "to_1": "09:00"})
    assert answer.status_code == 302
    home = client.get(f"{prefix_of(held.pk, alliance_officer.pk)}projects/{CODE}/").content.decode()
    assert f"{day:%Y-%m-%d}" in home or f"{day.month}" in home


def test_reminders_come_round_as_the_calendar_runs(
    tree, alliance_officer, county_reviewer, hospital_clerk, country
):
    project = round_of(tree, alliance_officer)
    held = rehearsed(project, alliance_officer)
    _opens_at, closes_at = span_of(project)
    with within(held.sandbox):
        Filing.objects.update(status=Status.DRAFT)
        forget_totals(list(Filing.objects.all()))

    told = run_forward(
        rehearsal=held, to=closes_at - timedelta(hours=2), by=Actor.of(alliance_officer)
    )

    with within(Rehearsal.objects.get(pk=held.pk).sandbox):
        heard = Message.objects.filter(kind=MessageKind.DEADLINE, path=hospital_clerk.path)
        before = [
            closes_at - sent for sent in heard.order_by("sent_at").values_list("sent_at", flat=True)
        ]
        assert [round(each / timedelta(hours=1)) for each in before] == [72, 24, 4]
        assert Message.objects.filter(kind=MessageKind.DEADLINE).count() == told
    assert not Message.objects.filter(kind=MessageKind.DEADLINE).exists()
    (entry,) = LogEntry.objects.filter(verb="推进演练日历")
    assert entry.sentence.endswith(f"演练中提醒了 {told} 家")


def test_papers_of_a_rehearsal_say_so_across(tree, alliance_officer, country):
    held = rehearsed(round_of(tree, alliance_officer), alliance_officer)
    paper = Document(title="表", blocks=[Text("内容")])
    real, rehearsal = io.BytesIO(), io.BytesIO()
    write_pdf(real, paper)
    with within(held.sandbox):
        write_pdf(rehearsal, paper)
    assert "演练" not in "".join(pages_of(real.getvalue()))
    assert "演练" in "".join(pages_of(rehearsal.getvalue()))
