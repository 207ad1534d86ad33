"""发消息 to participants, to who has not reported, to winners, to provinces: counted for whom it reaches."""

import pytest

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.audit.models import LogEntry
from apps.notices.models import Event, Message, MessageKind
from apps.portal.domain.addressing import Addressee, AddressRefused, write_to
from apps.review.models.statuses import Status
from apps.scope.context import enter
from tests import factories
from tests.factories_review import put
from tests.review.planting import filing_of, planted, register_paper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]
SAID = {"title": "请核对", "body": "请核对联系人。"}


@pytest.fixture
def project(tree):
    register_paper()
    return planted([unit for unit in tree.values() if unit.tier == "institution"])


def sent(person, addressee, **chosen):
    with enter(scope_of(person)):
        return write_to(addressee, by=Actor.of(person), **SAID, **chosen)


def paths():
    return set(Message.objects.filter(kind=MessageKind.NOTICE).values_list("path", flat=True))


def test_to_all_below_that_have_an_account(
    project, province_officer, city_reviewer, hospital_clerk, neighbour_clerk
):
    done = sent(province_officer, Addressee.PARTICIPANTS, project=project)

    assert paths() == {city_reviewer.path, hospital_clerk.path}
    assert done.sent == 2
    assert f"另有 {done.unreachable:,} 家没有账号" in done.in_words
    assert Event.objects.filter(name="notice").count() == 2
    assert LogEntry.objects.filter(verb="发消息").count() == 1


def test_to_who_has_not_reported(project, province_officer, city_reviewer, hospital_clerk):
    put(Status.SUBMITTED, filing_of(project, hospital_clerk))

    sent(province_officer, Addressee.UNREPORTED, project=project)

    assert paths() == {city_reviewer.path}


def test_to_named_provinces_by_the_alliance_alone(
    tree, alliance_officer, province_officer, hospital_clerk, neighbour_officer
):
    done = sent(alliance_officer, Addressee.PROVINCES, provinces=[province_officer.organization])

    assert paths() == {province_officer.path, hospital_clerk.path}
    assert done.sent == 2
    with pytest.raises(AddressRefused, match="不能向这些单位发消息"):
        sent(province_officer, Addressee.PROVINCES, provinces=[province_officer.organization])
    with pytest.raises(AddressRefused, match="至少勾选一个省份"):
        sent(alliance_officer, Addressee.PROVINCES)


def test_nobody_is_reached(project, county_reviewer):
    with pytest.raises(AddressRefused, match="没有收得到消息的单位"):
        sent(county_reviewer, Addressee.PARTICIPANTS, project=project)


def test_the_page_says_what_is_missing_and_how_many_were_reached(
    client_of, project, alliance_officer, hospital_clerk
):
    client = client_of(alliance_officer)

    missing = client.post("/notices/messages/new/", {"addressee": "participants", **SAID})
    done = client.post(
        "/notices/messages/new/",
        {"addressee": "participants", "project": project.pk, **SAID},
        follow=True,
    )

    assert "请选择项目。" in missing.content.decode()
    assert "消息已发给 1 家；另有" in done.content.decode()


def test_sub_accounts_without_the_right_do_not_write(client_of, city_reviewer):
    reader = factories.sub_account_of(city_reviewer, permission_subset=["query"])

    assert client_of(reader).get("/notices/messages/new/").status_code == 403


def test_the_list_of_names_is_plain_text(client_of, project, city_reviewer, hospital_clerk):
    page = client_of(city_reviewer).get(f"/progress/{project.code}/names/?unit=武昌区人民医院")

    assert f">{hospital_clerk.organization.name}</textarea>" in page.content.decode()
