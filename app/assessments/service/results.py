"""What came of somebody's own sittings over time: scores, how sure they are, and whether they have moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.assessments.change import Change, Limits, band, change, limits
from app.assessments.instrument import Instrument, Scale
from app.assessments.scoring import Score, WrongAnswer, scores
from app.assessments.service.sealed import Sitting
from app.assessments.service.wordings import Wordings


@dataclass(frozen=True, slots=True)
class Result:
    """One sitting on one scale. `run` numbers the wordings, from 0: only results in the same words can be compared."""

    sitting: Sitting
    day: date
    score: Score
    band: tuple[float, float] | None
    run: int
    since_last: Change | None
    since_first: Change | None


@dataclass(frozen=True, slots=True)
class Results:
    """The results on one scale, the oldest first; `scale` and `limits` are those of today's words."""

    scale: Scale
    limits: Limits | None
    all: tuple[Result, ...]

    @property
    def told(self) -> tuple[Result, ...]:
        """Those with enough answers for a number."""
        return tuple(each for each in self.all if each.score.value is not None)

    @property
    def last(self) -> Result:
        """The newest one."""
        return self.all[-1]

    @property
    def runs(self) -> int:
        """In how many wordings there are results."""
        return len({each.run for each in self.told})


def results_of(instrument: Instrument, finished: Sequence[Sitting]) -> list[Results]:
    """For each scale of an instrument that gives one person a number, what these sittings came to, oldest first."""
    wordings = Wordings()
    scored = [(each, {score.scale.id: score for score in _scores(instrument, each, wordings)}) for each in finished]
    found = []
    for scale in instrument.scored:
        here = [(sitting, by_scale[scale.id]) for sitting, by_scale in scored if scale.id in by_scale]
        if here:
            found.append(Results(scale, limits(scale), tuple(_line(here))))
    return found


def _scores(instrument: Instrument, sitting: Sitting, wordings: Wordings) -> tuple[Score, ...]:
    """Scored as it was meant when it was sat. Nothing where that cannot be said any more."""
    same = sitting.in_words_of(instrument)
    try:
        key = instrument if same else wordings.of(sitting)
        return scores(key, sitting.answers)
    except (KeyError, WrongAnswer):
        return ()


def _line(here: Sequence[tuple[Sitting, Score]]) -> list[Result]:
    found: list[Result] = []
    runs: dict[tuple[str, str], int] = {}
    first: dict[int, float] = {}
    last: dict[int, float] = {}
    for sitting, score in here:
        run = runs.setdefault((sitting.locale, sitting.wording_hash), len(runs))
        value = score.value
        found.append(
            Result(
                sitting,
                sitting.finished_on or sitting.started_at.date(),
                score,
                None if value is None else band(score.scale, value),
                run,
                change(score.scale, last.get(run), value),
                change(score.scale, first.get(run), value),
            )
        )
        if value is not None:
            first.setdefault(run, value)
            last[run] = value
    return found
