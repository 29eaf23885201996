"""What a therapist looks at and keeps. Nothing here commits, asks the time, or knows of HTTP."""

from app.caseload.service.cases import Case, Side, case_of, caseload_of

__all__ = ["Case", "Side", "case_of", "caseload_of"]
