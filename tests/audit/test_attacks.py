"""The operation log asked for what is not there, and for what is not the viewer's."""

import pytest

from apps.accounts.domain.actors import Actor
from apps.audit.services import record
from apps.scope.context import whole_country
from tests.factories import sub_account_of
from tests.factories_projects import ready_project


@pytest.mark.parametrize(
    "query",
    [
        {"until": "9999-12-31"},
        {"since": "0001-01-01"},
        {"before": "2026-11-22T00:00:00+00:00," + "9" * 5_000},
        {"before": "9999-12-31T23:59:59+00:00," + "9" * 25},
    ],
)
def test_the_ends_of_time_are_dates(query, client_of, city_reviewer):
    assert client_of(city_reviewer).get("/audit/", query).status_code == 200


@pytest.mark.parametrize("address", ["/audit/", "/audit/export/?format=csv"])
def test_an_account_limited_to_projects_reads_nothing_of_others(
    address, tree, client_of, city_reviewer
):
    with whole_country(reason="test"):
        project = ready_project(tree["H42010600001"])
        record(
            by=Actor.of(city_reviewer), verb="审核通过", object="申报", sentence="别人的项目",
            path=city_reviewer.path, project_code=project.code,
        )  # fmt: skip
    rights = ["query", "export"]
    limited = sub_account_of(
        city_reviewer, permission_subset=rights, limited_to_projects=True, username="limited"
    )

    assert "别人的项目" in client_of(city_reviewer).get(address).getvalue().decode()
    assert "别人的项目" not in client_of(limited).get(address).getvalue().decode()
