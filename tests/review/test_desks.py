"""The rail shows the subsystem that a project belongs to, on whatever page of the chain it is looked at."""

import re

import pytest
from django.urls import reverse

from apps.scope.context import whole_country
from tests import factories_allocation as allocation
from tests import factories_demand as make

pytestmark = pytest.mark.django_db
HERE = re.compile(r"子系统</small>\s*(\w+)")
OFFICE = {
    "review:project_close": {},
    "review:project_conclude": {},
    "review:project_undo": {"what": "publication"},
    "review:participant_list": {},
    "review:participant_add": {},
    "review:mandate_list": {},
    "review:correction_list": {},
    "review:appeal_list": {},
    "review:filing_list": {},
}
INSTITUTION = {"review:mandate_list": {}, "review:mandate_grant": {}, "review:appeal_list": {}}


@pytest.mark.parametrize(("code", "title"), [("BL", "报量"), ("FL", "分量")])
def test_the_rail_of_a_page(
    tree, client_of, alliance_officer, hospital_clerk, code: str, title: str
) -> None:
    unit = tree["H42010600001"]
    if code == "BL":
        project = make.demand_project([unit], items=1)
    else:
        project = allocation.allocation_project([unit])
        allocation.worked_products(project)
        allocation.volume(project, unit, "C", 8_003)
    assert project.code == code
    office, found = client_of(alliance_officer), {}
    page = reverse("review:project_publish", args=[code])
    found["publish"] = HERE.search(office.get(page).content.decode())[1]
    with whole_country(reason="test"):
        make.published(project, alliance_officer)
    for person, pages in ((office, OFFICE), (client_of(hospital_clerk), INSTITUTION)):
        for name, more in pages.items():
            answer = person.get(reverse(name, kwargs={"code": code, **more}))
            found[name, person is office] = HERE.search(answer.content.decode())[1]

    assert found == dict.fromkeys(found, title)
