"""Going down from a figure to the institutions that make it, and up again."""

from typing import Any

import pytest
from django.http import QueryDict

from apps.analysis.domain.view import Measure
from tests.analysis.reading import added, body_of
from tests.analysis.wants import ITEMS, PLANNED
from tests.pages import tags

pytestmark = pytest.mark.django_db
ASPIRIN = "阿司匹林片"


def params_of(address: str) -> dict[str, list[str]]:
    return dict(QueryDict(address.partition("?")[2]).lists())


def number(text: str) -> int:
    return int(text.replace(",", "") or 0)


def test_a_cell_opens_both_dimensions_and_keeps_the_filters(round_, page_of, alliance_officer):
    answer = page_of(
        alliance_officer, rows="province", columns="variety", manufacturer="甲制药",
        measures=["quantity"], cell=f"42¦{ASPIRIN}",
    )  # fmt: skip

    params = params_of(answer["Location"])
    above = params.pop("trail")
    assert params == {
        "rows": ["city"],
        "columns": ["item"],
        "measures": ["quantity"],
        "province": ["42"],
        "variety": [ASPIRIN],
        "manufacturer": ["甲制药"],
    }
    assert params_of("?" + above[0])["rows"] == ["province"]


@pytest.mark.covers("S2-08")
def test_the_way_down_ends_at_the_institutions_that_make_the_figure(
    round_, client_of, alliance_officer
):
    """Province, city, county, institutions of one variety: at every level the figure is what is below it."""
    client = client_of(alliance_officer)
    here = f"/analysis/BL/?rows=province&measures=quantity&variety={ASPIRIN}"
    found = []
    for label in ("湖北", "武汉市", "武昌区"):
        page = client.get(here).content.decode()
        rows = {key: value for key, value in body_of(page).items() if label in key}
        ((key, (figure, *_)),) = rows.items()
        found.append(number(figure))
        links = [each for each in tags(page, "a") if each.words == key]
        link = next(each for each in links if "province=42" in each["href"])
        here = link["href"] if link["href"].startswith("/") else f"/analysis/BL/{link['href']}"

    leaves = client.get(here)

    page = leaves.content.decode()
    codes = ["H42010600001", "H42010600002"]
    quantity = added(codes, lambda item: ITEMS[item][0] == ASPIRIN).quantity
    assert found[-1] == quantity
    assert sum(quantities(leaves)) == quantity
    assert [row.record.organization.code for row in leaves.context["table"].paginated_rows] == codes
    crumbs = [
        each.words
        for each in tags(page, "li")
        if each.words in {"全部", "湖北", "武汉市", "武昌区"}
    ]
    assert crumbs == ["全部", "湖北", "武汉市", "武昌区"]
    back = next(each for each in tags(page, "a") if each.words == "湖北")
    assert "湖北" not in body_of(client.get(back["href"]).content.decode())


def quantities(response: Any) -> list[int]:
    """The quantities of the listed institutions."""
    table = response.context["table"]
    return [
        number(table.figures.words(table.measures_of(row.record), Measure.QUANTITY))
        for row in table.paginated_rows
    ]


def test_what_an_institution_is_still_filling_in_is_not_shown(round_, page_of, alliance_officer):
    listed = page_of(alliance_officer, "institutions/", status="draft", item="P0001")

    page = listed.content.decode()
    assert "黄石港区人民医院" in page
    assert f"{PLANNED['H42020200001']['P0001']:,}" not in page


def test_institutions_outside_the_subtree_are_not_listed(round_, page_of, city_reviewer):
    page = page_of(city_reviewer, "institutions/").content.decode()

    assert "武昌区人民医院" in page
    assert "小店区人民医院" not in page
    assert "湖北省人民医院" not in page


def test_rows_and_columns_change_places(round_, page_of, alliance_officer):
    answer = page_of(alliance_officer, rows="province", columns="variety", swap="1")

    params = params_of(answer["Location"])
    assert (params["rows"], params["columns"]) == (["variety"], ["province"])


def test_values_are_found_by_name_code_and_initials(round_, page_of, alliance_officer):
    def offered(find: str) -> list[str]:
        page = page_of(alliance_officer, open="county", find=find, county="140105").content.decode()
        return [box["value"] for box in tags(page, "input", type="checkbox", name="county")]

    assert offered("武昌") == ["140105", "420106"]
    assert offered("wcq") == ["140105", "420106"]
    assert offered("420106") == ["140105", "420106"]
    assert offered("没有") == ["140105"]
