"""Every text of the product reads as one hand had written it: stops, blanks, and the words of the glossary."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from tests.net.ui_words import places

GLOSSARY = Path(settings.BASE_DIR) / "docs" / "glossary.md"
HAN = r"[\u4e00-\u9fff]"
FAULTS = {
    "two stops": re.compile(r"[。，；：、][。，；：、]"),
    "blank beside a stop": re.compile(r" [。，；：、）]|（ "),
    "half-width stop": re.compile(rf"{HAN}[,;:?!](?:\s|$|{HAN})"),
    "half-width brackets": re.compile(rf"{HAN}\(|\){HAN}"),
    "no blank beside Latin letters": re.compile(rf"{HAN}[A-Za-z]{{2,}}|[A-Za-z]{{2,}}{HAN}"),
    "three dots": re.compile(rf"{HAN}\.\.\."),
    "one told as many": re.compile(
        r"^ ?[家条个份项张笔种省](?:[\u4e00-\u9fff]{0,6})(?:均|都(?!不))|没有任何一"
    ),
    "未报 for 未上报": re.compile(r"(?<!计为)(?<!按)(?<!重)未报(?!$)"),
}
AS_THEY_ARE = re.compile(
    r"省\(区\)直属"  # a column of the manual (S4-09)
    r"|导出\(HIS\)"
    r"|HIS目录"
    r"|\\d|\?P<|\$\{|\[\^"  # expressions that read numbers and names
    r"|^[a-z ,]+: "  # English, with the words that it is about
    r"|^合总小共本"  # letters that a word may begin with
)


def table() -> list[tuple[str, list[str]]]:
    part = GLOSSARY.read_text("utf-8").partition("## Words of the pages")[2]
    rows = re.findall(r"(?m)^\| ([^|]+) \| ([^|]+) \|[^|]*\|$", part)
    return [(right, wrong.split("、")) for right, wrong in rows[1:]]


@pytest.mark.parametrize("fault", FAULTS)
def test_texts_have_the_stops_and_blanks_of_chinese(fault):
    found = {
        (place, text)
        for place, text in places()
        if FAULTS[fault].search(text) and not AS_THEY_ARE.search(text)
    }
    assert found == set()


def test_the_glossary_has_words_to_look_for():
    assert len(table()) > 8


@pytest.mark.parametrize(("right", "wrong"), table())
def test_words_are_those_of_the_glossary(right, wrong):
    found = {(place, text) for place, text in places() if any(word in text for word in wrong)}
    assert found == set(), f"写“{right}”"


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        ("two stops", "已保存。。"),
        ("blank beside a stop", "共 3 家 。"),
        ("half-width stop", "请填写:"),
        ("half-width brackets", "单位(家)"),
        ("no blank beside Latin letters", "导出Excel"),
        ("three dots", "请稍候..."),
        ("one told as many", " 家单位均已提交"),
        ("one told as many", "没有任何一家被处理"),
        ("未报 for 未上报", "还有未报的单位"),
    ],
)
def test_the_net_catches(fault, text):
    assert FAULTS[fault].search(text)
