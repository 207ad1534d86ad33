"""Papers to sign: nothing cut, heads on every page, one check code for one content, short ones at once."""

import io
from dataclasses import replace

import pytest

from apps.accounts.domain.actors import Actor
from apps.audit.models import LogEntry
from apps.exchange.domain.paper_content import Paper
from apps.exchange.domain.papers import PaperSpec, write_paper
from apps.exchange.files.check_codes import in_groups
from apps.exchange.files.paper_layout import Field, Section, widths_of
from apps.exchange.files.pdf import table_width, widest
from apps.scope.context import whole_country
from tests.pdf_reading import pages_of, squeezed

COLUMNS = (
    Field("序号", "r"),
    Field("品规编号"),
    Field("中选企业", share=2),
    Field("统一社会信用代码"),
    Field("单位", "c"),
    Field("协议采购量", "r"),
    Field("金额\n（元）", "r"),
)
NAME = "内蒙古自治区鄂尔多斯市准格尔旗薛家湾镇第二中心卫生院药业集团股份有限公司"
ROWS = [
    (str(n), f"BL{n:04d}", NAME, "91420100MA9D013744", "片", f"{n * 1_234_567:,}", f"{n * 9_876.5:,.2f}")
    for n in range(1, 121)
]  # fmt: skip


def paper(rows=ROWS, **fields):
    section = Section(
        "湖北省", COLUMNS, rows, closing="共 120 个品规。", seals=(("企业（盖章）",),)
    )
    given = {
        "title": "约定采购量",
        "project_code": "A-PROJECT-CODE-OF-FORTY-CHARACTERS-LONG",
        "project_name": "国家组织药品集中带量采购",
        "statement": "下表已核对无误。",
        "sections": [section],
        "about": (("版本", "第 3 版"),),
    }
    return Paper(**(given | fields))


@pytest.fixture
def written(db, alliance_officer):
    def write(of):
        file = io.BytesIO()
        with whole_country(reason="test"):
            spec = PaperSpec("test.paper", "", lambda _: of, lambda _: 1, lambda _: "1")
            made = write_paper(file, spec, {}, by=Actor.of(alliance_officer))
        return made, pages_of(file.getvalue())

    return write


def test_what_stands_on_the_pages_is_the_data(written):
    of = paper()
    made, texts = written(of)

    assert len(texts) == made.pages > 2
    whole = squeezed("".join(texts))
    for row in ROWS:
        assert all(squeezed(cell) in whole for cell in row)
    # Numbers and codes are on one line, whatever wraps beside them.
    lines = {line.strip() for text in texts for line in text.split("\n")}
    words = {word for line in lines for word in line.split()}
    for row in ROWS:
        assert {row[3], row[5], row[6]} <= words


def test_every_page_has_its_number_the_code_and_the_heads(written):
    of = paper()
    made, texts = written(of)

    shown = in_groups(made.check_code)
    for number, text in enumerate(texts, 1):
        assert f"第 {number} 页 / 共 {made.pages} 页" in text
        assert f"校验码 {shown}" in text
    with_rows = [text for text in texts if "BL0" in text]
    assert len(with_rows) > 2
    assert all("统一社会信用代码" in text and "协议采购量" in text for text in with_rows)
    assert "A-PROJECT-CODE-OF-FORTY-CHARACTERS-LONG" in squeezed(texts[0])
    assert "第 3 版" in texts[0]
    assert "生成时间" in texts[0]
    assert of.digest in squeezed(texts[-1])
    for place in ("编制人（签字）", "复核人（签字）", "负责人（签字）", "单位（盖章）", "日期"):
        assert f"{place}：" in texts[-1]


def test_signatures_stand_with_what_they_sign(written):
    for number in range(1, 40):
        _, texts = written(paper(ROWS[:number]))
        signed = next(text for text in texts if "企业（盖章）：" in text)
        assert "共 120 个品规。" in signed
        assert "的全部明细有效" in next(text for text in texts if "编制人（签字）：" in text)


def test_the_digest_is_of_the_content_alone():
    one = paper().digest

    assert paper().digest == one
    assert paper(statement="另一句话").digest == one
    changed = [(*ROWS[0][:5], "1,234,568", ROWS[0][6]), *ROWS[1:]]
    others = [
        paper(changed),
        paper(ROWS[1:]),
        paper(title="约定采购量计算基数"),
        paper(project_code="B"),
        paper(about=(("版本", "第 4 版"),)),
        replace(paper(), sections=[replace(paper().sections[0], title="山西省")]),
    ]
    assert one not in {each.digest for each in others}
    assert len({each.digest for each in others}) == len(others)


def test_the_check_code_follows_the_content_and_the_mark(written, settings):
    first, _ = written(paper())
    again, _ = written(paper())
    changed, _ = written(paper(ROWS[1:]))
    settings.CHECK_CODE_KEYS = ["another"]
    rekeyed, _ = written(paper())

    assert first.check_code == again.check_code
    assert len({made.check_code for made in (first, changed, rekeyed)}) == 3


def test_the_log_remembers_the_check_code(written):
    made, _ = written(paper())

    with whole_country(reason="test"):
        entry = LogEntry.objects.latest("pk")
    assert in_groups(made.check_code) in entry.sentence
    assert entry.project_code == "A-PROJECT-CODE-OF-FORTY-CHARACTERS-LONG"
    assert made.filename.startswith("约定采购量-A-PROJECT-CODE")


def test_a_warning_stands_above_the_tables(written):
    _, texts = written(paper(warning="注意：本件不能用于签章。"))
    assert texts[0].index("本件不能用于签章") < texts[0].index("BL0001")


def test_columns_fill_the_page_and_whole_ones_take_their_longest_value():
    widths = widths_of(COLUMNS, ROWS)

    assert sum(widths) == pytest.approx(table_width(landscape=True))
    assert widths[5] >= widest([ROWS[-1][5]], 8.5)
    assert widths[2] == max(widths)


def test_values_too_wide_for_any_page_wrap_instead_of_being_cut(written):
    long = tuple(Field(f"第{n}列", "r") for n in range(12))
    row = tuple(f"{10**15 + n:,}" for n in range(12))
    _, texts = written(paper(sections=[Section("", long, [row])]))

    assert all(cell in squeezed(texts[0]) for cell in row)
