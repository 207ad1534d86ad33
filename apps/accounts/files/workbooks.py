"""Workbooks of accounts."""

from apps.exchange.files.columns import Column, SheetSpec, WorkbookSpec

ISSUE_SHEET = WorkbookSpec(
    "accounts.issue_sheet",
    filename="账号发放单",
    sheets=(
        SheetSpec(
            "账号发放单",
            (
                Column("code", "编码", width=20),
                Column("unit", "单位名称", width=36),
                Column("superior", "上级单位", width=30),
                Column("username", "用户名", width=22),
                Column("password", "一次性密码", width=20),
            ),
        ),
    ),
)
