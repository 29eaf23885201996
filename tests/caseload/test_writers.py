"""What is taken along: whole, in every shape, with nothing that a spreadsheet would reckon with."""

import csv
import io
import json
import re
import sys
import zipfile
from datetime import date

import pypdf
import pytest
from fhir.resources.R4B.bundle import Bundle
from flask import Flask
from flask_babel import Babel
from hypothesis import given, settings
from hypothesis import strategies as st

from app.caseload.record import COUPLE, PARTNER, Chosen, Joint, Piece, Record, Scored, Texts, Week, tables
from app.caseload.service import texts_of_records
from app.caseload.writers import as_csv, as_json, as_sheet, bundle, paper
from app.core.tables import FORMULA, table, unguarded

DAY, EVE = date(2026, 11, 12), date(2026, 11, 11)


def texts_in(locale: str) -> Texts:
    """What records say in a language."""
    app = Flask(__name__)
    Babel(app, default_locale=locale)
    with app.app_context():
        return texts_of_records()


TEXTS = texts_in("en")
EVIL = '=HYPERLINK("http://x")\n#strong[y] *z* $x$ \\ <b> _u_ @here'
SPAN = {"made_on": DAY, "first": date(2026, 9, 1), "last": DAY}
ANA = Record(
    kind=PARTNER,
    subject="P-1",
    pseudonym="P-1",
    homework=tuple(
        Piece(id=f"h-{at}", exercise="check_in", title="Daily check-in", day=DAY, state=state, went=7, because=EVIL)
        for at, state in enumerate(("done", "skipped", "missed", "open"))
    )
    + tuple(
        Piece(id=f"o-{state}", exercise="heart_to_heart", title="Heart to heart", day=DAY, state=state, **days)
        for state, days in (
            ("open", {"opened_on": EVE}),
            ("missed", {"opened_on": EVE}),
            ("done", {"opened_on": EVE, "done_on": DAY}),
        )
    ),
    weeks=(Week(DAY, 66.5, 60.0, 73.0, "up", 1), Week(DAY, None, None, None, "", 1)),
    scored=(
        Scored(
            id="s-1", instrument="csi_4", name="CSI-4", version="1", scale="total", on=DAY, value=14.0, lowest=0.0,
            highest=21.0, validated=True,
        ),
        Scored(
            id="s-2", instrument="satisfaction", name="Satisfaction", version="1", scale="total", on=DAY, value=12.0,
            lowest=0.0, highest=30.0, validated=False,
        ),
    ),
    chosen=(Chosen(id="c-1", day=DAY, exercise="check_in", title="A high", words=EVIL),),
    **SPAN,
)  # fmt: skip
BOTH = Record(
    kind=COUPLE,
    subject="C-1",
    pseudonym="C-1",
    members=("P-1", "P-2"),
    together=(Joint(id="j-1", exercise="check_in", title="Daily check-in", day=DAY, both_done=True, both_done_on=DAY),),
    **SPAN,
)
EMPTY = Record(kind=PARTNER, subject="Нина 李", pseudonym="P-3", **SPAN)
RECORDS = pytest.mark.parametrize("record", [ANA, BOTH, EMPTY], ids=["partner", "couple", "empty"])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(), min_size=100, max_size=100))
def test_of_five_thousand_texts_each_is_read_back_equal_and_none_begins_a_formula(texts) -> None:
    written = table(("words",), [(text,) for text in texts])
    head, *rows = csv.reader(io.StringIO(written, newline=""))
    assert head == ["words"]
    assert [unguarded(row[0]) if row else "" for row in rows] == texts
    assert not [row for row in rows if row and (row[0][:1] in FORMULA or row[0].lstrip()[:1] in FORMULA)]


@pytest.mark.parametrize("first", sorted(FORMULA))
def test_each_beginning_of_a_formula_is_guarded_also_behind_a_blank(first) -> None:
    written = table(("words",), [(f"{first}1",), (f" {first}1",)])
    assert [row[0][:1] for row in csv.reader(io.StringIO(written, newline=""))][1:] == ["'", "'"]


def test_tidy_tables_say_what_each_column_means() -> None:
    with zipfile.ZipFile(io.BytesIO(as_csv(ANA, TEXTS))) as packed:
        files = {
            name: list(csv.reader(io.StringIO(packed.read(name).decode(), newline=""))) for name in packed.namelist()
        }
    assert set(files) == {"homework.csv", "weeks.csv", "assessments.csv", "responses.csv", "dictionary.csv"}
    told = {(file, column) for file, column, meaning in files.pop("dictionary.csv")[1:] if meaning}
    assert told == {(name, column) for name, rows in files.items() for column in rows[0]}
    assert unguarded(files["responses.csv"][1][-1]) == EVIL


def test_json_and_the_workbook_hold_the_same_rows_and_no_formula() -> None:
    found = json.loads(as_json(ANA, TEXTS))
    assert {name: len(found[name]) for name in tables(ANA)} == {
        name: len(rows) for name, (_, rows) in tables(ANA).items()
    }
    assert found["responses"][0]["words"] == EVIL
    with zipfile.ZipFile(io.BytesIO(as_sheet(ANA, TEXTS))) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        assert "HYPERLINK" in book.read("xl/sharedStrings.xml").decode()
    assert len(sheets) == len(tables(ANA)) + 1
    assert not [sheet for sheet in sheets if "<f>" in sheet or "<hyperlink" in sheet]


@RECORDS
def test_the_bundle_is_fhir_and_knows_a_person_by_a_pseudonym(record) -> None:
    whole = Bundle.model_validate_json(bundle(record, TEXTS))
    kinds = [entry.resource.get_resource_type() for entry in whole.entry]
    assert "Patient" in kinds
    if record is ANA:
        wanted = {"Patient", "Questionnaire", "QuestionnaireResponse", "CarePlan", "Task", "Observation"}
        assert set(kinds) == wanted
        assert kinds.count("Task") == len(ANA.homework)
    known = {f"{entry.resource.get_resource_type()}/{entry.resource.id}" for entry in whole.entry}
    named = set(_references(json.loads(bundle(record, TEXTS))))
    assert named <= known


def test_a_score_of_what_is_no_validated_scale_says_so() -> None:
    scores = [
        each["resource"] for each in json.loads(bundle(ANA, TEXTS))["entry"] if each["resource"]["id"].startswith("s-")
    ]
    assert [each.get("note") for each in scores] == [None, [{"text": TEXTS.sentences["not_validated"]}]]


def test_a_task_is_requested_until_it_is_opened_and_then_in_progress_since_that_day() -> None:
    told = {each["resource"]["id"]: each["resource"] for each in json.loads(bundle(ANA, TEXTS))["entry"]}
    states = {ident: (each["status"], each.get("executionPeriod")) for ident, each in told.items() if "intent" in each}
    since, until = EVE.isoformat(), DAY.isoformat()
    assert states["h-3"] == ("requested", None)
    assert states["o-open"] == ("in-progress", {"start": since})
    assert states["o-missed"] == ("failed", {"start": since})
    assert states["o-done"] == ("completed", {"start": since, "end": until})
    assert [row["opened_on"] for row in json.loads(as_json(ANA, TEXTS))["homework"]] == [None] * 4 + [since] * 3


@RECORDS
def test_the_document_is_tagged_and_says_its_language_and_title(record) -> None:
    made = pypdf.PdfReader(io.BytesIO(paper(record, TEXTS)))
    root = made.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert "/StructTreeRoot" in root
    assert record.subject in made.metadata.title


def test_the_document_sets_words_as_words_and_in_the_face_of_the_app() -> None:
    made = pypdf.PdfReader(io.BytesIO(paper(ANA, TEXTS)))
    text = " ".join(page.extract_text() for page in made.pages)
    # Points of 100 are told in whole ones.
    assert re.search(r"\b66 60 73 going up", text)
    assert "#strong[y] *z*" in text
    # Days are told as on the pages; as data they are as ISO has them.
    assert "From 1 Sept 2026 to 12 Nov 2026" in text.replace("Sep ", "Sept ")
    assert not re.search(r"\d{4}-\d\d", text)
    faces = {font.get_object()["/BaseFont"] for page in made.pages for font in page["/Resources"]["/Font"].values()}
    assert any("AtkinsonHyperlegible" in face for face in faces)
    assert "pdfuaid" in made.trailer["/Root"]["/Metadata"].get_object().get_data().decode()


def _references(value):
    if isinstance(value, dict):
        yield from ([value["reference"]] if "reference" in value and isinstance(value["reference"], str) else [])
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)


def test_whatever_is_no_fact_is_in_the_language_of_whoever_takes_it_along(monkeypatch) -> None:
    monkeypatch.setattr(sys.modules[texts_of_records.__module__], "gettext", lambda text: f"«{text}»")
    texts = texts_in("es")
    facts = {EVIL, *(each.title for each in (*ANA.homework, *ANA.chosen)), *(each.name for each in ANA.scored)}
    for record in (ANA, BOTH):
        told = json.loads(as_json(record, texts))
        assert told["language"] == "es"
        assert all(meaning.startswith("«") for meaning in told["columns"].values())
        read = set(_read(json.loads(bundle(record, texts)))) - facts
        assert read
        assert not [text for text in read if not text.startswith("«")]
        made = pypdf.PdfReader(io.BytesIO(paper(record, texts)))
        assert made.trailer["/Root"]["/Lang"] == "es"
        page = " ".join(text for sheet in made.pages for text in sheet.extract_text().split())
        heads = [texts.tables[name] for name in tables(record)]
        assert all(text in page for text in (*heads, *([texts.values["missed"]] if record is ANA else [])))
        assert not {"missed", "open"} & set(page.split())


def _read(value):
    """The texts of a resource that a person reads."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from [each] if name in {"text", "title", "display"} and isinstance(each, str) else _read(each)
    elif isinstance(value, list):
        for each in value:
            yield from _read(each)
