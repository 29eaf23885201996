"""The brief of the next session, as the therapist reads it: once both partners have, and on the day in any case."""

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext

from app.caseload import service
from app.caseload.models import Session
from app.caseload.routes import wording
from app.caseload.routes.couple import Seen, rendered, seen_by_therapist
from app.caseload.routes.pages import BRIEF, EXPORT, bp, today_here
from app.caseload.service import Line
from app.caseload.writers import Grid, Paper, Section
from app.core import clock
from app.core.errors import NotFound
from app.therapist.guards import author, open_couple_required
from app.therapist.service import Opened


@bp.get("/caseload/<couple_id>/brief")
@open_couple_required(BRIEF)
def show_brief(door: Opened) -> ResponseReturnValue:
    """One page before a session."""
    session = _session(door)
    if session is None or not service.open_to_therapist(session, today=today_here(clock.now())):
        return render_template("caseload/no_brief.html", door=door, session=session)
    lines = service.lines_of(session, door.couple.partners)
    return rendered(
        "caseload/brief.html", seen_by_therapist(door, now=clock.now()), door=door, session=session, lines=lines
    )


@bp.get("/caseload/<couple_id>/brief.pdf")
@open_couple_required(EXPORT)
def show_brief_paper(door: Opened) -> ResponseReturnValue:
    """The same on paper. Raises NotFound before it is open."""
    session = _session(door)
    if session is None or not service.open_to_therapist(session, today=today_here(clock.now())):
        raise NotFound
    seen = seen_by_therapist(door, now=clock.now())
    pdf = paper_of(seen, session, service.lines_of(session, door.couple.partners)).pdf()
    headers = {"Content-Disposition": f'inline; filename="brief-{session.day.isoformat()}.pdf"'}
    return Response(pdf, mimetype="application/pdf", headers=headers)


def paper_of(seen: Seen, session: Session, lines: list[Line]) -> Paper:
    """The brief as a document."""
    case, names = seen.case, [side.name for side in seen.case.sides]
    flags = [wording.flag_words(flag) for flag in case.flags] or [gettext("Nothing stands out.")]
    homework = Grid(
        (gettext("Homework"), gettext("Given"), *names, gettext("Together"), gettext("Talked over")),
        tuple(
            (
                strand.name,
                str(len(strand.pieces)),
                *(wording.did_words(strand, who) for who in (0, 1)),
                gettext("%(done)s of %(given)s", done=strand.together[0], given=strand.together[1]),
                str(strand.talked_over),
            )
            for strand in seen.strands
        ),
        (4, 1, 2, 2, 2, 2),
    )
    told = gettext("Up and down are told only beyond chance.")
    sections = [
        Section(gettext("Since %(day)s", day=format_date(seen.span.first, "d MMMM")), grid=homework)
        if seen.strands
        else Section(gettext("Homework"), (gettext("Nothing was given."),)),
        Section(gettext("The last fourteen days"), (wording.counted_sentence(case),)),
        *(
            [Section(gettext("Attunement"), (f"{wording.sentence(wording.trend_words(case.trend))}.", told))]
            if any(case.facts.lines)
            else []
        ),
        Section(gettext("Worth a look"), tuple(flags)),
    ]
    if lines:
        sections.append(
            Section(gettext("What they want to say"), said=tuple((each.author.name, each.words) for each in lines))
        )
    day = format_date(session.day, "d MMMM yyyy")
    about = (gettext("Session on %(day)s. Both partners have seen this page, or could.", day=day),)
    foot = gettext("Attune is practice, not therapy, and no emergency channel.")
    return Paper(case.name, about, tuple(sections), foot, case.today, service.texts_of_records().lang)


def _session(door: Opened) -> Session | None:
    return service.next_session(author().id, door.couple.id, today_here(clock.now()))
