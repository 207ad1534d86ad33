"""Files in and out: one column table per workbook drives template, import, export and error report.

Knows no business. Each app declares its tables in its own `workbooks.py` (imported at start) and its PDFs in
`documents.py`:

    columns.py       Column, SheetSpec, WorkbookSpec, Kind (TEXT CODE WHOLE DECIMAL DATE CHOICE YESNO)
    templates.py     write_template(SPEC, {"目录": rows}, stamp={"project": code}) -> bytes
    reader.py        read_workbook(file, SPEC, filename=…) -> Reading; raises FileRefused
    writer.py        write_xlsx(file, SPEC, {"目录": records}, manifest=…), write_csv: constant memory
    error_report.py  error_workbook(file, problems) -> the user's own workbook with every error in its cell
    imports.py       ImportSpec: validate → DryRun, apply; import_page.run_import_page(request, SPEC, …)
    exports.py       ExportSpec; export_response(request, SPEC, context=…), stream_xlsx
    pdf.py           one layout for every PDF
"""
