"""Whom a notice reaches: downward, by role, never sideways."""

from collections.abc import Callable

import pytest

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.notices.models import Attachment, Notice, NoticeKind, Receipt
from apps.notices.reading import unread_count
from apps.notices.services import mark_read

Publish = Callable[..., Notice]


@pytest.fixture
def everybody(
    alliance_officer: User,
    province_officer: User,
    city_reviewer: User,
    county_reviewer: User,
    hospital_clerk: User,
    neighbour_officer: User,
    neighbour_clerk: User,
    manufacturer_agent: User,
    distributor_agent: User,
) -> dict[str, User]:
    return {
        "alliance": alliance_officer,
        "province": province_officer,
        "city": city_reviewer,
        "county": county_reviewer,
        "hospital": hospital_clerk,
        "foreign": neighbour_officer,
        "stranger": neighbour_clerk,
        "maker": manufacturer_agent,
        "carrier": distributor_agent,
    }


def readers(everybody: dict[str, User], scope_of_user: Callable) -> set[str]:
    found = set()
    for name, person in everybody.items():
        with scope_of_user(person):
            if Notice.objects.all().for_reader(person).exists():
                found.add(name)
    return found


@pytest.mark.parametrize(
    ("publisher", "audience", "reached"),
    [
        ("alliance", [], {"province", "city", "county", "hospital", "foreign", "stranger"}),
        ("alliance", ["province"], {"province", "foreign"}),
        ("alliance", ["manufacturer"], {"maker"}),
        ("province", [], {"city", "county", "hospital"}),
        ("province", ["institution"], {"hospital"}),
        ("province", ["distributor"], {"carrier"}),
        ("city", [], {"county", "hospital"}),
        ("county", [], {"hospital"}),
    ],
)
def test_reaches_downward_those_it_is_for(
    everybody: dict[str, User],
    scope_of_user: Callable,
    publish: Publish,
    publisher: str,
    audience: list[str],
    reached: set[str],
) -> None:
    publish(everybody[publisher], "通知", audience=audience)

    assert readers(everybody, scope_of_user) == reached


def test_drafts_and_withdrawn_ones_reach_nobody(
    everybody: dict[str, User], scope_of_user: Callable, publish: Publish
) -> None:
    publish(everybody["province"], "草稿", draft=True)
    withdrawn = publish(everybody["province"], "撤回")
    with scope_of_user(everybody["province"]):
        Notice.objects.filter(pk=withdrawn.pk).update(withdrawn_at=withdrawn.published_at)

    assert readers(everybody, scope_of_user) == set()


def test_the_manager_itself_hides_notices_of_others(
    everybody: dict[str, User], scope_of_user: Callable, publish: Publish
) -> None:
    publish(everybody["foreign"], "晋通知")
    publish(everybody["province"], "鄂通知", audience=["distributor"])

    seen = {}
    for name in ("city", "hospital", "foreign", "maker", "carrier"):
        with scope_of_user(everybody[name]):
            seen[name] = set(Notice.objects.values_list("title", flat=True))

    assert seen == {
        "city": {"鄂通知"},
        "hospital": {"鄂通知"},
        "foreign": {"晋通知"},
        "maker": {"鄂通知"},
        "carrier": {"鄂通知"},
    }


def test_unread_counts_what_reached_and_was_not_opened(
    everybody: dict[str, User], scope_of_user: Callable, publish: Publish
) -> None:
    first = publish(everybody["province"], "一")
    publish(everybody["alliance"], "二")
    publish(everybody["city"], "常见问题", kind=NoticeKind.FAQ)
    city = everybody["city"]

    with scope_of_user(city):
        assert unread_count(city) == 2
        mark_read(first, by=Actor.of(city))
        mark_read(first, by=Actor.of(city))
        assert unread_count(city) == 1
        assert Receipt.objects.count() == 1


def test_publishers_leave_no_receipt_on_their_own(
    everybody: dict[str, User], scope_of_user: Callable, publish: Publish
) -> None:
    notice = publish(everybody["province"], "一")

    with scope_of_user(everybody["province"]):
        mark_read(notice, by=Actor.of(everybody["province"]))
        assert not Receipt.objects.exists()


def test_receipts_are_seen_by_the_tiers_above_only(
    everybody: dict[str, User], scope_of_user: Callable, publish: Publish
) -> None:
    notice = publish(everybody["alliance"], "一")
    for name in ("hospital", "stranger"):
        with scope_of_user(everybody[name]):
            mark_read(notice, by=Actor.of(everybody[name]))

    with scope_of_user(everybody["province"]):
        assert list(Receipt.objects.values_list("user__name", flat=True)) == ["王医办"]
    with scope_of_user(everybody["alliance"]):
        assert Receipt.objects.count() == 2
        assert not Attachment.objects.exists()
