"""Blocks from the clipboard: cells with line breaks, header rows, sums, codes, two columns of numbers."""

import pytest

from tests.allocation.javascript import runner

DRIVER = """async ([address, cases]) => {
  const { landingOf } = await import(address);
  const [block, parse] = [cases.block, cases.parse];
  const rows = ["P0001", "P0002", "P0003", "P0004"].map((code, at) => ({ code, variety: `品种${at + 1}`, spec: "20mg" }));
  const byFolded = new Map(rows.map((row) => [row.code.toLowerCase(), row]));
  const found = landingOf(block, { sheet: { byFolded }, list: rows, start: cases.start ?? 0, field: cases.field ?? "planned", chosen: cases.chosen });
  return { ...found, landing: found.landing.map(([row, values]) => [row.code, values.planned ?? null, values.words ?? null]) };
}"""  # noqa: E501
PARSE = """async ([address, texts]) => {
  const { rowsOf } = await import(address);
  return texts.map(rowsOf);
}"""


@pytest.fixture
def land(request):
    parse, plan = runner(request, "clipboard.js"), runner(request, "demand-landing.js")

    def landed(text, **more):
        [block] = parse(PARSE, [text])
        return plan(DRIVER, {"block": block, **more})

    return landed


def test_cells_as_excel_writes_them(request):
    texts = {
        '120\t"门诊量增加\n需备货"\r\n300\t正常\r\n': [
            ["120", "门诊量增加 需备货"],
            ["300", "正常"],
        ],
        '"甲\n乙"\n丙\n': [["甲 乙"], ["丙"]],
        '"他说""好""\n的"\t1': [['他说"好" 的', "1"]],
        '5"\t"未完\n7\t8': [['5"', '"未完'], ["7", "8"]],
        '"a"b\tc': [['"a"b', "c"]],
        "1\t\r\n\t2\r\n": [["1", ""], ["", "2"]],
        "": [[""]],
    }

    assert runner(request, "clipboard.js")(PARSE, list(texts)) == list(texts.values())


def test_a_line_break_in_an_explanation_shifts_nothing(land):
    assert land('120\t"门诊量增加\n需备货"\r\n300\t正常\r\n')["landing"] == [
        ["P0001", "120", "门诊量增加 需备货"], ["P0002", "300", "正常"],
    ]  # fmt: skip
    assert land('"门诊量增加\n需备货"\n季节性用药\n', field="words")["landing"] == [
        ["P0001", None, "门诊量增加 需备货"], ["P0002", None, "季节性用药"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "品规编号\t预采购量\np0002\t1,827.00\nP0004\t5盒\n",
        "预采购量\t编码\n1,827.00\tＰ0002\n5盒\tP0004\n",
        "编码\t2025 年采购量\t预采购量\nP0002\t9\t1,827.00\nP0004\t9\t5盒\n",
        "P0002\t1,827.00\nP0004\t5盒\n合计\t1832\n",
        "合计\t\t\nP0002\t品种2\t1,827.00\nP0004\t品种4\t5盒\n",
        "P0002\t品种2\t20mg\t片\t7\t\t9\t1,827.00\t\nP0004\t品种4\t20mg\t片\t7\t\t9\t5盒\t\n",
        "P0002\t品种2\t20mg\t片\t7\t\t1,827.00\nP0004\t品种4\t20mg\t片\t7\t\t5盒\n",
    ],
    ids=["header", "code behind", "two titles", "sum below", "sum above", "template", "history"],
)
def test_rows_find_their_place(land, text):
    found = land(text)

    assert [each[:2] for each in found["landing"]] == [["P0002", "1,827.00"], ["P0004", "5盒"]]
    assert found["unknown"] == []


def test_unknown_codes_are_told_and_move_nothing(land):
    found = land("P0002\t1\nX9\t2\nP0004\t3\n")

    assert (found["landing"], found["unknown"]) == (
        [["P0002", "1", None], ["P0004", "3", None]], ["X9"],
    )  # fmt: skip


def test_two_columns_of_numbers_are_asked_about(land):
    text = "2356\t2400\n10\t20\n"

    assert land(text)["choices"] == [0, 1]
    assert land(text)["landing"] == []
    assert land(text, chosen=1)["landing"] == [["P0001", "2400", None], ["P0002", "20", None]]
    assert land("P0001\t2356\t2400\nP0002\t10\t20\n")["choices"] == [1, 2]


def test_what_cannot_be_read_is_put_where_it_was_meant_and_marked(land):
    assert land("十盒\n5\n")["landing"] == [["P0001", "十盒", None], ["P0002", "5", None]]


def test_rows_behind_the_last_one_are_told(land):
    found = land("1\n2\n3\n", start=2)

    assert (len(found["landing"]), found["beyond"]) == (2, 1)


def test_an_empty_row_inside_a_block_keeps_its_place(land):
    assert [each[0] for each in land("1\n\n3\n")["landing"]] == ["P0001", "P0002", "P0003"]
