"""The search above the sheet finds variety, initials, code, specification and maker, however written."""

import pytest

from tests.allocation.javascript import runner

DRIVER = """async ([address, words]) => {
  const { Sheet } = await import(address);
  const row = (id, code, variety, spec, maker, pinyin) =>
    [id, code, variety, spec, maker, "片", 7, "", "", pinyin, "0", null, "", 0, "", ["", ""], "", null, []];
  const rows = [
    row(1, "YP0001", "阿托伐他汀钙片", "20mg×7片", "国药（北京）制药", "atftdgp"),
    row(2, "YP0002", "阿托伐他汀钙片", "40mg×7片", "辉瑞制药", "atftdgp"),
    row(3, "YP0003", "氨氯地平片", "5mg", "国药（北京）制药", "aldpp"),
  ];
  const sheet = new Sheet({ rows }, { years: 1, direction: "both", threshold: "0.2000", scope: "line", editable: true });
  return sheet.shown("all", words).map((each) => each.id);
}"""  # noqa: E501


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("阿托 20mg", [1]),
        ("20MG", [1]),
        ("40ｍｇ", [2]),
        ("国药(北京)", [1, 3]),
        ("国药（北京） ALDP", [3]),
        ("yp0002", [2]),
        ("阿托\u200b伐", [1, 2]),
        ("", [1, 2, 3]),
        ("没有", []),
    ],
)
def test_search(request, words, found):
    assert runner(request, "demand-model.js")(DRIVER, words) == found
