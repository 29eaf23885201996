"""What a partner sat and opened to the therapist, in the shape of a record."""

from app.assessments import service as assessments
from app.assessments.service import Told
from app.caseload.record import Answered, Sat, Scored
from app.core.crypto import vault
from app.couples.service import Partner


def told_of(couple_id: str, me: Partner, you: str) -> list[Told]:
    """The sittings of one of the two that are open to their therapist, the oldest first. To be asked only where both
    have said yes to assessments, or by the one who sat them. `you`: what their partner is called in it.
    """
    return assessments.told_to_therapist(me.id, couple_id, you)


def scored(told: list[Told]) -> tuple[Scored, ...]:
    """Each scale that came to a number."""
    return tuple(
        Scored(
            id=f"{_ident(each.id)}-{number}",
            instrument=each.instrument,
            name=each.name,
            version=each.version,
            scale=score.scale.id,
            on=each.on,
            value=score.value,
            lowest=score.scale.lowest,
            highest=score.scale.highest,
            validated=each.validated,
        )
        for each in told
        for number, score in enumerate(each.scores, 1)
        if score.value is not None
    )


def answered(told: list[Told]) -> tuple[Answered, ...]:
    """Each answer, in words."""
    return tuple(
        Answered(
            id=_ident(each.id),
            on=each.on,
            instrument=each.instrument,
            name=each.name,
            question=question,
            answer=answer,
        )
        for each in told
        for question, answer in each.answers
    )


def sat(told: list[Told]) -> tuple[Sat, ...]:
    """Each sitting as FHIR, where its words are still there."""
    return tuple(
        Sat(_ident(each.id), each.on, each.form, each.response) for each in told if each.form and each.response
    )


def _ident(sitting_id: str) -> str:
    """An id as FHIR allows it: letters, digits and dashes."""
    return f"sitting-{vault().fingerprint(sitting_id, 'pseudonym')[:12]}"
