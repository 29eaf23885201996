"""A record as a workbook: a sheet for each table, the first row held, filters on."""

import io

from app.caseload.record import Record, Texts, tables

WIDE = 48
"""The most characters that a column is wide."""


def as_sheet(record: Record, texts: Texts) -> bytes:
    """XLSX. Text stays text: no formula, no link, whatever a person wrote."""
    import xlsxwriter  # At the first use: it takes long to load, and many never ask for a workbook.

    whole = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(whole, options) as book:
        book.set_properties({"title": record.subject, "author": "Attune"})
        head_format, text_format = (
            book.add_format({"bold": True}),
            book.add_format({"text_wrap": True, "valign": "top"}),
        )
        for name, (head, rows) in tables(record).items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, len(rows), len(head) - 1)
            for at, column in enumerate(head):
                longest = max(len(column), *(len(str(row[at] or "")) for row in rows))
                sheet.set_column(at, at, min(longest + 2, WIDE), text_format)
                sheet.write_string(0, at, column, head_format)
            for line, row in enumerate(rows, 1):
                for at, value in enumerate(row):
                    if isinstance(value, int | float):
                        sheet.write_number(line, at, value)
                    elif value not in {None, ""}:
                        sheet.write_string(line, at, str(value))
        meanings = book.add_worksheet("columns")
        for line, column in enumerate(dict.fromkeys(column for head, _ in tables(record).values() for column in head)):
            meanings.write_string(line, 0, column, head_format)
            meanings.write_string(line, 1, texts.meanings[column])
        meanings.set_column(0, 0, 18)
        meanings.set_column(1, 1, 80)
    return whole.getvalue()
