"""What 取消中选 would do, as its page shows it."""

from apps.allocation.domain.stops.preview import Preview
from apps.review.pages.act_preview import ActPreview, Figure, Head, PreviewTable
from apps.ui import formats

UNLIMITED = "不限"
TAKING = (
    Head("中选产品"), Head("机构（家）", "num"), Head("承接确认量", "num"), Head("承接合同量", "num"), Head("单位"),
    Head("剩余产能", "num"), Head("承接后剩余", "num"), Head("金额", "num"),
)  # fmt: skip
UNITS = (Head("医疗机构"), Head("原确认量", "num"), Head("原合同量", "num"), Head("替补承接"))


def in_words(preview: Preview) -> ActPreview:
    unit = preview.pool.product.item.unit
    return ActPreview(
        figures=[
            Figure("涉及机构", preview.institutions, "家"),
            Figure("涉及明细", len(preview.plan.lines), "条"),
            Figure("原确认量", preview.kept, unit),
            Figure("原合同量", preview.contract, unit),
            Figure("未能分配", preview.plan.unplaced, "项", "warning"),
        ],
        tables=[_taking(preview), _units(preview)],
    )


def _taking(preview: Preview) -> PreviewTable:
    rows = [
        (
            f"{each.pool.product.item} · {each.pool.product.enterprise}",
            each.institutions,
            each.kept,
            each.contract,
            each.pool.product.item.unit,
            UNLIMITED if each.pool.left is None else each.pool.left,
            UNLIMITED if each.left_after is None else each.left_after,
            each.amount,
        )
        for each in preview.taking
    ]
    return PreviewTable(
        title="由谁承接",
        note="不超过剩余产能",
        heads=TAKING,
        rows=rows,
        total=(f"合计（取消的产品现为 {formats.yuan(preview.amount)}）", preview.amount_after),
        notes=_notes(preview),
        empty="没有其他中选产品可以承接。",
    )


def _notes(preview: Preview) -> list[str]:
    return [
        *(
            f"{status}：{units:,} 家机构，{lines:,} 条明细。"
            for status, units, lines in preview.by_status
        ),
        f"已上报的 {preview.reported:,} 家机构只须确认替补数量，不退回申报；填报中的须重新确认后上报。",
        "含这个产品、或数量有变化的三方协议标为“受影响”，须作废后重新生成。",
    ]


def _units(preview: Preview) -> PreviewTable:
    return PreviewTable(
        title="涉及的医疗机构",
        note="只列前 100 家；办理后可以查看和导出全部",
        heads=UNITS,
        rows=[
            (unit.filing.organization.name, unit.kept, unit.contract, unit.instead)
            for unit in preview.units
        ],
    )
