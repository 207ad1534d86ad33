import django_filters
import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.test import RequestFactory

from apps.organizations.models import Division
from apps.ui import paging
from apps.ui.filters import NameFilter
from apps.ui.lists import build_table, render_list, selected
from apps.ui.pages.seen_sets import SetMoved, stamp_of
from apps.ui.tables import Column, ListTable, SelectColumn


class DivisionTable(ListTable):
    """A list of something small, real and free of scope."""

    caption = "行政区划"
    empty_title = "还没有区划"
    actions = Column(accessor="code", verbose_name="操作", orderable=False)
    name = Column(verbose_name="名称")
    level = Column(verbose_name="级别")
    select = SelectColumn(selectable=lambda record: record.level != "county")


class DivisionFilter(django_filters.FilterSet):
    name = NameFilter("name", "code", label="名称")
    level = django_filters.ChoiceFilter(choices=[("city", "市"), ("county", "县")])

    class Meta:
        model = Division
        fields = ["name", "level"]


@pytest.fixture
def divisions(db):
    """250 made-up divisions with names in five groups."""
    rows = [
        Division(code=f"99{n:04d}", name=f"第{n % 5}组{n:03d}", level="county" if n % 2 else "city")
        for n in range(250)
    ]
    Division.objects.bulk_create(rows)
    return Division.objects.filter(code__startswith="99")


def get(**parameters):
    request = RequestFactory().get("/divisions/", parameters)
    request.user = AnonymousUser()
    return request


def listed(request, rows, **options):
    response = render_list(
        request,
        "ui/table_only.html",
        table_class=DivisionTable,
        queryset=rows,
        filterset_class=DivisionFilter,
        **options,
    )
    return response.content.decode()


@pytest.fixture(autouse=True)
def bare_template(settings):
    """A template with nothing but the query bar and the table."""
    source = "{% query_bar form=filter.form %}{% endquery_bar %}{% data_table table=table %}"
    engine = {**settings.TEMPLATES[0], "APP_DIRS": False}
    engine["OPTIONS"] = {
        **engine["OPTIONS"],
        "loaders": [
            ("django.template.loaders.locmem.Loader", {"ui/table_only.html": source}),
            "django.template.loaders.filesystem.Loader",
            "django.template.loaders.app_directories.Loader",
        ],
    }
    settings.TEMPLATES = [engine]


@pytest.mark.parametrize("rows", [1, 50])
def test_a_list_costs_two_queries_whatever_its_length(divisions, rows, django_assert_num_queries):
    codes = [f"99{n:04d}" for n in range(rows)]

    with django_assert_num_queries(2):
        html = listed(get(per_page="50"), divisions.filter(code__in=codes))

    assert html.count('<th scope="row"') == rows


def test_selection_comes_first_and_actions_last(divisions):
    table = build_table(get(), DivisionTable, divisions)

    assert [column.name for column in table.columns] == ["select", "name", "level", "actions"]
    assert table.heading_name == "name"


def test_the_address_decides_order_page_and_size(divisions):
    table = build_table(get(sort="-name", page="2", per_page="10"), DivisionTable, divisions)

    names = [row.record.name for row in table.paginated_rows]

    expected = list(divisions.order_by("-name", "pk").values_list("name", flat=True)[10:20])
    assert names == expected


@pytest.mark.parametrize(
    "parameters",
    [
        {"page": "99"},
        {"page": "9" * 5_000},
        {"page": "x"},
        {"page": "-1"},
        {"per_page": "7"},
        {"sort": "nothing"},
        {"page": "²"},
    ],
)
def test_nonsense_in_the_address_shows_a_page(divisions, parameters):
    assert 'class="data-table"' in listed(get(**parameters), divisions)


def test_every_row_is_on_exactly_one_page(divisions):
    pages = [
        build_table(get(sort="level", page=str(n), per_page="100"), DivisionTable, divisions).page
        for n in (1, 2, 3)
    ]

    codes = [row.record.code for page in pages for row in page.object_list]

    assert len(codes) == len(set(codes)) == 250


def test_counting_stops_at_the_cap(divisions, monkeypatch):
    monkeypatch.setattr(paging, "COUNT_CAP", 100)

    table = build_table(get(per_page="50"), DivisionTable, divisions)

    assert table.paginator.count_text == "100+"
    assert table.paginator.num_pages == 2
    assert "仅列出前" in listed(get(per_page="50"), divisions)


def test_empty_list_says_what_it_is_or_how_to_widen_the_query(divisions):
    assert "还没有区划" in listed(get(), divisions.none())
    assert "没有符合条件的记录" in listed(get(name="不存在"), divisions)


def test_a_filter_value_that_makes_no_sense_shows_nothing_but_its_error(divisions):
    html = listed(get(level="moon"), divisions)

    assert "field-error" in html
    assert 'class="data-table"' not in html


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("第3组", 50),
        ("第3组 990003", 1),
        ("990003", 1),
        ("９９０００３", 1),
        ("第3组 991", 0),
        ("", 250),
    ],
)
def test_names_are_found_by_characters_and_codes_in_any_width(divisions, typed, found):
    assert DivisionFilter({"name": typed}, queryset=divisions).qs.count() == found


def test_a_row_that_may_not_be_selected_cannot_be_ticked(divisions):
    html = listed(get(), divisions.filter(code__in=["990001", "990002"]))

    assert (
        'value="990001" form="selection" aria-label="选择 第1组001" data-select-row disabled'
        in html
    )
    assert 'value="990002" form="selection" aria-label="选择 第2组002" data-select-row>' in html


def post(data, **parameters):
    request = RequestFactory().post("/divisions/", data)
    request.GET = QueryDict(mutable=True)
    request.GET.update(parameters)
    return request


def test_selected_are_the_ticked_rows_inside_the_queryset(divisions):
    request = post({"selected": ["990001", "990002", "420000"]})

    chosen = selected(request, queryset=divisions, filterset_class=DivisionFilter)

    assert sorted(chosen.values_list("code", flat=True)) == ["990001", "990002"]


def test_selecting_all_means_all_that_match_the_address(divisions):
    everything = {"select_all": "1", "selected": ["990001"]}
    third = stamp_of(divisions.filter(name__contains="第3组"))
    request = post(everything | {"seen_set": f"{third}"}, name="第3组")
    assert selected(request, queryset=divisions, filterset_class=DivisionFilter).count() == 50

    request = post(everything | {"seen_set": f"{stamp_of(divisions)}"}, name="第3组")
    assert selected(request, queryset=divisions).count() == 250


@pytest.mark.parametrize("seen", ["", "x", "1.2.3", "1.2.3.4.5", "-1.2.3.4", "1.2.3.٤"])
def test_all_without_saying_which_were_counted_is_refused(divisions, seen):
    with pytest.raises(SetMoved, match="无法核对"):
        selected(post({"select_all": "1", "seen_set": seen}), queryset=divisions)


def test_nothing_selected_is_nothing(divisions):
    assert not selected(post({}), queryset=divisions, filterset_class=DivisionFilter).exists()


def test_texts_in_cells_are_escaped(divisions):
    Division.objects.create(code="998888", name="<b>粗</b>", level="city")

    html = listed(get(name="998888"), Division.objects.all())

    assert "&lt;b&gt;粗&lt;/b&gt;" in html
    assert "<b>粗" not in html
