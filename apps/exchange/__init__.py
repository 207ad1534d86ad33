"""Files in and out: one column table per workbook drives template, import, export and error report.

Knows no business. Each app declares its tables, imports and exports in its own `workbooks.py` (imported at
start, in web and worker alike) and its PDFs in `documents.py`:

    columns.py       Column, SheetSpec, WorkbookSpec, Kind (TEXT CODE WHOLE DECIMAL DATE CHOICE YESNO)
    imports.py       ImportSpec: validate(reading, context) -> DryRun, apply(dry_run, *, by, context)
    exports.py       ExportSpec: rows(context), count(context); export_response, stream_xlsx
    registry.py      register_import(spec), register_export(spec)
    import_page.py   run_import_page(request, spec, context=…, back_url=…): the whole page of an import
    pdf.py           write_pdf(file, Document(…)): one layout for every PDF

and beneath them

    templates.py     write_template(SPEC, {"目录": rows}, stamp={"项目": code}) -> bytes
    uploads/asking.py    read_workbook(file, SPEC, filename=…) -> Reading; raises FileRefused
    uploads/openers.py   what that does with the file, in a process of its own; told.py: how the rows come back
    reader.py        the rows of a workbook against its column table
    opened.py        the rows of an upload, straight from the XML
    writer.py        write_xlsx(file, SPEC, {"目录": records}, manifest=…), write_csv: constant memory
    printed.py       the short workbook, by openpyxl; frames.py: what surrounds the rows of both
    spreadsheet.py   the long one, streamed; cell_xml.py: from a value to its cell
    changes.py       Changes: every cell that an import would change, in words
    error_report.py  the clerk's own workbook, every error in its cell; uploads/asking.py asks for it

A whole import:

    def check_catalogue(reading: Reading, context: Context) -> DryRun:
        known = {item.code: item for item in Item.objects.filter(project_id=context["project_id"])}
        outcome = DryRun()
        for row in reading.whole_rows:           # rows of which every cell could be read
            item = known.get(row["code"])
            if item is None:
                outcome.new.append(row)
            elif differs(item, row):
                outcome.changed.append((item, row))
                outcome.change(row, "name", item.name, row["name"])   # listed on the page of the check
            else:
                outcome.unchanged.append(row)
            if row["pack"] > 10_000:
                outcome.problems.append(row.problem("pack", "转换比不应超过 10,000"))
        return outcome                           # the reader's own problems are added for you

    def save_catalogue(outcome: DryRun, *, by: Actor, context: Context) -> None: ...
"""
