"""The shapes in which a record can be taken along. Each takes a Record and gives bytes. Pure, but for PDF's fonts."""

from app.caseload.writers.fhir import bundle
from app.caseload.writers.paper import Grid, Paper, Section, paper
from app.caseload.writers.plain import as_csv, as_json
from app.caseload.writers.sheet import as_sheet

__all__ = ["Grid", "Paper", "Section", "as_csv", "as_json", "as_sheet", "bundle", "paper"]
