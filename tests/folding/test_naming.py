"""What can be a name."""

import pytest

from apps.folding.domain.naming import name_problem


@pytest.mark.parametrize(
    "text", ["", "张三", "O'Neil", "A=B 公司", "-5 ℃ 保存片", "+86 公司", "拜新同®", "㈱日本"]
)
def test_a_name(text):
    assert name_problem(text) == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("=1+1", "公式"),
        ("@SUM(A)", "公式"),
        ("-", "没有文字"),
        ("2026", "没有文字"),
        ("张三😀", "表情"),
        ("☎公司", "表情"),
    ],
)
def test_no_name(text, why):
    assert why in name_problem(text)
