"""A person of the alliance takes a seat in a rehearsal, and every page there is the rehearsal's."""

import re

import pytest

from apps.accounts.models import User
from apps.projects.models import Project
from apps.rehearsals.pages.inside import entrance
from apps.review.models import Filing
from apps.scope.sandbox import within
from tests.rehearsals.rehearsing import CODE, rehearsed, round_of

pytestmark = pytest.mark.django_db
OUT = re.compile(r'(href|action|formaction)="(/(?!static/)[^"]*)"')


def test_pages_of_a_seat_are_marked_and_lead_nowhere_else(
    tree, alliance_officer, county_reviewer, country, client_of
):
    held = rehearsed(round_of(tree, alliance_officer), alliance_officer)
    client = client_of(alliance_officer)
    home = entrance(held.pk, county_reviewer.pk)
    walked, waiting = set(), [home]
    while waiting and len(walked) < 40:
        address = waiting.pop(0)
        walked.add(address)
        answer = client.get(address)
        print(address, answer.status_code)
        assert answer.status_code in {200, 302, 403, 404}, (address, answer.status_code)
        if answer.status_code != 200 or "html" not in answer.headers["Content-Type"]:
            b"".join(answer)
            continue
        page = answer.content.decode()
        assert "data-rehearsal" in page, address
        for kind, found in OUT.findall(page):
            assert found.startswith((home, f"/rehearsals/{held.pk}/")), (address, found)
            found = found.split("#")[0].replace("&amp;", "&")
            if kind == "href" and found.startswith(home) and found not in walked and found not in waiting:
                waiting.append(found)
    assert any("/review/" in address for address in walked)
