"""One way of writing: what is stored, what is compared, and that Python, the page and the database agree."""

import pytest
from django.db import connection

from apps.folding.domain.folding import ByFolded, canonical, folded, narrow, one_line, words_of
from tests.allocation.javascript import runner

SAME = [
    ("国药控股（湖北）医疗器械有限公司", "国药控股(湖北)医疗器械有限公司"),
    ("⼈⺠⽅⾯", "人民方面"),
    ("⼾部⻛", "户部风"),
    ("豈\ufa1e", "豈羽"),
    ("hospital1\u200b", "HOSPITAL1"),
    ("湖北方圆医药\n有限公司", "湖北方圆医药有限公司"),
    ("阿托伐他汀钙片　20ｍｇ", "阿托伐他汀钙片20mg"),
    ("Cafe\u0301\u00a0A", "CAFÉ A"),
    ("α－干扰素—2b", "Α-干扰素-2B"),
    ("H4201_x000D_06", "h420106"),
    ("\ufeffⅣ型㎎", "iv型mg"),
    ("ΟΔΟΣ Σ", "οδος σ"),
    ("İstanbul", "i̇stanbul"),
    ("", " \u2060"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_looks_the_same_is_compared_as_the_same(one, other):
    assert folded(one) == folded(other)
    assert folded(folded(one)) == folded(one)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("⼈⺠医院（东院）", "人民医院（东院）"),
        ("湖北方圆医药\n有限公司", "湖北方圆医药有限公司"),
        ("Roche\r\nDiagnostics", "Roche Diagnostics"),
        ("  武汉\u00a0医院\u200b ", "武汉 医院"),
        ("Cafe\u0301", "Café"),
        ("第一行_x000D_\n第二行", "第一行第二行"),
        ("20 mg\n×7片", "20 mg ×7片"),
    ],
)
def test_a_name_is_stored_in_one_way(written, stored):
    assert one_line(written) == stored
    assert one_line(stored) == stored


def test_lines_of_prose_stay():
    assert canonical("第一行\r\n　　⼈\u200b民") == "第一行\r\n　　人民"


def test_a_code_keeps_its_case():
    assert narrow("ｈ4201－06\u200b ") == "h4201-06"


def test_words_of_a_search():
    assert words_of(" 阿托　20ＭＧ\u200b ") == ["阿托", "20mg"]


def test_what_is_known_by_its_code():
    known = ByFolded([("H4201", 1)])

    assert (known.get("ｈ4201"), known["h 4201"], known.get("x")) == (1, 1, None)
    assert "H4201" in known


TEXTS = [text for pair in SAME for text in pair]
CHARACTERS = map(chr, (*range(0x21, 0x2FE0), *range(0xF900, 0xFFEF)))
EVERY = [*TEXTS, *(character for character in CHARACTERS if character.isprintable())]


@pytest.mark.django_db
def test_the_database_folds_the_same():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT folded(t) FROM unnest(%s::text[]) WITH ORDINALITY u(t, n) ORDER BY n", [EVERY]
        )
        answer = [text for (text,) in cursor.fetchall()]

    assert answer == [folded(text) for text in EVERY]


def test_the_page_folds_the_same(request):
    run = runner(request, "folding.js")
    driver = """async ([address, cases]) => {
      const { folded } = await import(address);
      return cases.map(folded);
    }"""
    assert run(driver, EVERY) == [folded(text) for text in EVERY]
