"""A record as CSV, one file a table in a zip, and as JSON."""

import io
import json
import zipfile

from app.caseload.record import SUBJECT, Record, Texts, tables
from app.core.tables import table


def as_csv(record: Record, texts: Texts) -> bytes:
    """A zip of the tables and of dictionary.csv, which says what each column means. No cell is taken for a formula."""
    found = tables(record)
    files = {f"{name}.csv": table(head, rows) for name, (head, rows) in found.items()}
    meanings = [(f"{name}.csv", column, texts.meanings[column]) for name, (head, _) in found.items() for column in head]
    files["dictionary.csv"] = table(("file", "column", "meaning"), meanings)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            stamp = zipfile.ZipInfo(name, (*record.made_on.timetuple()[:3], 0, 0, 0))
            packed.writestr(stamp, text, zipfile.ZIP_DEFLATED)
    return whole.getvalue()


def as_json(record: Record, texts: Texts) -> bytes:
    """The tables as objects, with what each column means."""
    found = tables(record)
    whole = {
        "kind": record.kind,
        "language": texts.lang,
        SUBJECT: record.subject,
        "made_on": record.made_on.isoformat(),
        "days": {"first": record.first.isoformat(), "last": record.last.isoformat()},
        **{name: [dict(zip(head, row, strict=True)) for row in rows] for name, (head, rows) in found.items()},
        "columns": {column: texts.meanings[column] for head, _ in found.values() for column in head},
    }
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()
