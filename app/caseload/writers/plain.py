"""A record as CSV, one file a table in a zip, and as JSON."""

import io
import json
import zipfile

from app.caseload.record import SUBJECT, Record, tables
from app.core.tables import table

MEANINGS = {
    SUBJECT: "Whose record it is. A pseudonym, unless names were asked for.",
    "id": "Tells rows apart.",
    "day": "The couple's day that it was given for. It begins at 04:00.",
    "exercise": "The id of the exercise.",
    "title": "What the exercise is called.",
    "state": "done, skipped (with a word), missed, open (can still be done).",
    "opened_on": "The day on which it was first opened before it was done, or empty. Never a time of day.",
    "done_on": "The day on which it was done, of an exercise of a day the day that it was for, or empty.",
    "went": "How it went, 0 to 10, as the person says.",
    "because": "Why it was skipped, where the person chose to show it.",
    "talked_over_on": "The day of the session in which it was talked over.",
    "both_done": "yes or no. Who did it alone is not told.",
    "both_done_on": "The day on which the second of the two did it.",
    "week": "The Monday of the week.",
    "level": "Where the attunement score stands after the week, 0 to 100. Empty is too early to say.",
    "low": "The lower end of the band that holds it with 90 %.",
    "high": "The upper end.",
    "change": "Over four weeks: up, steady, down, too_early.",
    "formula": "The version of the formula.",
    "on": "The day of the sitting.",
    "instrument": "The id of the instrument.",
    "name": "What the instrument is called.",
    "version": "The version of its wording.",
    "scale": "The scale of it.",
    "value": "What it came to.",
    "lowest": "The least that is possible.",
    "highest": "The most that is possible.",
    "validated": "yes for a published scale, no for one of our own.",
    "question": "The question.",
    "answer": "What the person answered.",
    "words": "What the person wrote and chose to show.",
}


def as_csv(record: Record) -> bytes:
    """A zip of the tables and of dictionary.csv, which says what each column means. No cell is taken for a formula."""
    found = tables(record)
    files = {f"{name}.csv": table(head, rows) for name, (head, rows) in found.items()}
    meanings = [(f"{name}.csv", column, MEANINGS[column]) for name, (head, _) in found.items() for column in head]
    files["dictionary.csv"] = table(("file", "column", "meaning"), meanings)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            stamp = zipfile.ZipInfo(name, (*record.made_on.timetuple()[:3], 0, 0, 0))
            packed.writestr(stamp, text, zipfile.ZIP_DEFLATED)
    return whole.getvalue()


def as_json(record: Record) -> bytes:
    """The tables as objects, with what each column means."""
    found = tables(record)
    whole = {
        "kind": record.kind,
        SUBJECT: record.subject,
        "made_on": record.made_on.isoformat(),
        "days": {"first": record.first.isoformat(), "last": record.last.isoformat()},
        **{name: [dict(zip(head, row, strict=True)) for row in rows] for name, (head, rows) in found.items()},
        "columns": {column: MEANINGS[column] for head, _ in found.values() for column in head},
    }
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()
