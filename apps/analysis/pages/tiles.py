"""Where each province stands in the tile grid. It is an arrangement of equal squares in rough order, never a map.

Invariant: every province-level division of the tree has exactly one square, and no square has two.
"""

LAYOUT = """
.      .      .      .      .      .      .      黑龙江
兵团   .      .      .      .      北京   .      吉林
新疆   甘肃   宁夏   内蒙古 山西   河北   天津   辽宁
.      青海   陕西   河南   山东   .      .      .
西藏   四川   重庆   湖北   安徽   江苏   上海   .
.      云南   贵州   湖南   江西   浙江   .      .
.      .      广西   广东   福建   .      .      .
.      .      海南   .      .      .      .      .
"""
CODES = """
11 北京 12 天津 13 河北 14 山西 15 内蒙古 21 辽宁 22 吉林 23 黑龙江 31 上海 32 江苏 33 浙江 34 安徽 35 福建 36 江西
37 山东 41 河南 42 湖北 43 湖南 44 广东 45 广西 46 海南 50 重庆 51 四川 52 贵州 53 云南 54 西藏 61 陕西 62 甘肃
63 青海 64 宁夏 65 新疆 66 兵团
"""
_WORDS = CODES.split()
NAMES = dict(zip(_WORDS[::2], _WORDS[1::2], strict=True))
"""Short names of the provinces by the code of their bureau."""
_AT = {
    name: (column, row)
    for row, line in enumerate(LAYOUT.strip().splitlines())
    for column, name in enumerate(line.split())
}
PLACES = {code: _AT[name] for code, name in NAMES.items()}
"""By the code of the bureau: column and row."""
COLUMNS, ROWS = 8, 8
