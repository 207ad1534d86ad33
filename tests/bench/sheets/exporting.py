"""The export that the bench's workers run."""

from apps.accounts.models.roles import Permission
from apps.exchange.domain.exports import ExportSpec
from apps.exchange.domain.registry import register_export
from tests.bench.sheets.lines import LINES, lines

LINE_EXPORT = register_export(
    ExportSpec(
        name="bench.lines",
        title="导出明细",
        workbook=LINES,
        rows=lambda context: {"明细": lines(context["count"])},
        count=lambda context: context["count"],
        permissions=(Permission.EXPORT,),
    )
)
