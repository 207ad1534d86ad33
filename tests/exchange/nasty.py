"""Texts that spreadsheets, XML and people get wrong, in the one way in which the product stores them."""

NASTY = [
    "国药控股（湖北）医疗器械有限公司",
    "20mg:5ml/支",
    "0012",
    "1E05",
    "3/5",
    "2026-01-31",
    "50%",
    "TRUE",
    "'001",
    "１２３片",
    '他说"好"，<b>&amp;',
    "合计制药",
    "_x0041_ 与 _x000",
    "Café α-干扰素 Ⅳ型",
    "㎎ μg 25℃",
    "-5℃保存",
    "小数 .5",
    "，、；",
    "𠮷野家",
    "a\\b|c~d",
]
