"""What stands in an address is a whole view or refused; charts say in words what they draw."""

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.analysis.domain.figures import Figures
from apps.analysis.domain.grid import Grid, Line, Sorting
from apps.analysis.domain.view import AddressRefused, Chart, Measure, View
from apps.analysis.pages.charts import draw
from apps.analysis.pages.tiles import COLUMNS, PLACES, ROWS
from apps.organizations.domain.bureaus import bureau_of, read_divisions
from apps.organizations.models import Tier
from apps.reporting.domain.rollup import Dimension, Header, Measures

dimensions = st.sampled_from(list(Dimension))
keys = st.sampled_from(["42", "湖北 ¦&=%+@#", "阿\"片'", "a\nb", "-", "？&rows=city"])
views = st.builds(
    View,
    rows=dimensions,
    columns=st.none() | dimensions,
    measures=st.sets(st.sampled_from(list(Measure)), min_size=1).map(
        lambda chosen: tuple(measure for measure in Measure if measure in chosen)
    ),
    filters=st.dictionaries(
        dimensions, st.lists(keys, min_size=1, max_size=4, unique=True).map(tuple)
    ).map(lambda chosen: {each: chosen[each] for each in Dimension if each in chosen}),
    subtotals=st.booleans(),
    sort=st.sampled_from(["", "label", "-quantity", "-amount@42"]),
    chart=st.sampled_from(list(Chart)),
    charted=st.none() | st.sampled_from(list(Measure)),
    trail=st.lists(keys, max_size=4).map(tuple),
).filter(lambda view: view.rows != view.columns)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(views)
def test_an_address_read_again_is_the_same_view(view: View):
    assert View.read(QueryDict(view.query), first=View(Dimension.ITEM)) == view


@given(st.text(max_size=60))
def test_any_address_is_a_view_or_refused(text: str):
    try:
        said = View.read(QueryDict(text), first=View(Dimension.ITEM)).query
    except AddressRefused as refused:
        said = str(refused)

    assert said


@given(st.sampled_from(["label", "-label", "quantity", "-change@阿司匹林@2", "-amount@42"]))
def test_an_order_is_written_as_it_was_read(text: str):
    assert str(Sorting.read(text)) == text


def test_every_province_has_one_square_of_its_own():
    provinces = {
        bureau.code
        for division in read_divisions()
        if (bureau := bureau_of(division)) and bureau.tier == Tier.PROVINCE
    }

    assert set(PLACES) == provinces
    assert len(set(PLACES.values())) == len(PLACES)
    assert all(column < COLUMNS and row < ROWS for column, row in PLACES.values())


def figure(quantity: int | None, institutions: int = 1) -> Measures:
    return Measures(quantity, None, None, institutions)


def grid(*rows: tuple[str, Measures], total: Measures) -> Grid:
    lines = tuple(Line(Header(key, f"名{key}"), "row", (cell,)) for key, cell in rows)
    return Grid(
        (Header("", "合计"),), ((None, lines),), Line(Header("", "合计"), "total", (total,))
    )


def drawing(made: Grid, chart: Chart, measure: Measure = Measure.QUANTITY):
    view = View(Dimension.PROVINCE, measures=(measure,), chart=chart)
    return draw(made, view, Figures())


def test_shares_are_drawn_of_parts_that_make_the_whole():
    whole = grid(("42", figure(75)), ("14", figure(25)), total=figure(100))
    shown = drawing(whole, Chart.SHARE)

    assert [(part.label, part.percent, part.words) for part in shown.parts] == [
        ("名42", "75.0%", "75"),
        ("名14", "25.0%", "25"),
    ]
    mixed = grid(("42", figure(75)), ("14", figure(None)), total=figure(None))
    assert "不能按占比画图" in drawing(mixed, Chart.SHARE).refusal
    overlapping = grid(("a", figure(1, 3)), ("b", figure(1, 2)), total=figure(2, 4))
    assert "不能按占比画图" in drawing(overlapping, Chart.SHARE, Measure.INSTITUTIONS).refusal


def test_bars_and_squares_are_written_as_well_as_drawn():
    made = grid(("42", figure(123_456)), ("14", figure(0)), total=figure(123_456))

    bars = drawing(made, Chart.BARS).bars
    tiles = {tile.label: tile for tile in drawing(made, Chart.TILES).tiles}

    assert [(bar.label, bar.words, bar.width) for bar in bars] == [
        ("名42", "123,456", "100.0"),
        ("名14", "0", "0.0"),
    ]
    assert (tiles["湖北"].words, tiles["湖北"].shade) == ("12.3万", 5)
    assert (tiles["山西"].words, tiles["山西"].shade) == ("0", 0)
    assert tiles["北京"].words == ""


@pytest.mark.parametrize("chart", [Chart.BARS, Chart.SHARE])
def test_nothing_is_drawn_where_units_differ_and_it_says_so(chart: Chart):
    made = grid(("42", figure(None)), total=figure(None))

    shown = drawing(made, chart)

    assert shown.refusal
    assert not shown.bars
    assert not shown.parts
