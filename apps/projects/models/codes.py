"""What the codes of a project and of its items may be: both stay for good once others see them. Pure.

Invariant: forms, imports, services and the database ask here. The database's pattern of a project's code is wider, so
that what was stored before there was one stays valid.
"""

import re

PROJECT_CODE = r"^[0-9A-Za-z][0-9A-Za-z_-]{0,39}$"
STORED_PROJECT_CODE = r"^[0-9A-Za-z_-]+$"
ITEM_CODE = r"^[0-9A-Za-z\u3400-\u9fff][0-9A-Za-z\u3400-\u9fff._/()#*+-]{0,29}$"
PROJECT_RULE = "项目编码为 1 至 40 位字母、数字、短横线或下划线，以字母或数字开头"
ITEM_RULE = "品规编号为 1 至 30 位字母、数字、汉字或 . _ - / ( ) # * +，以字母、数字或汉字开头"
RESERVED = frozenset({"create", "new", "latest", "base", "agreed"})
"""Words that stand in addresses where a project's code would."""


def project_code_problem(code: str) -> str:
    """What is wrong with a project's code, as a sentence without its full stop; empty if it is right."""
    if code.lower() in RESERVED:
        return f"“{code}”不能用作项目编码，请换一个"
    return "" if re.fullmatch(PROJECT_CODE, code, re.ASCII) else PROJECT_RULE


def item_code_problem(code: str) -> str:
    """What is wrong with an item's code, in the same way."""
    return "" if re.fullmatch(ITEM_CODE, code) else ITEM_RULE
