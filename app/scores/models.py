"""One person's week: the sums of what they rated, kept as it comes, and what came of it once the week was over."""

from datetime import date, datetime

from sqlalchemy import Date, Double, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model
from app.core.ids import Id
from app.scores.levels import Ratings


class WeeklyScore(Model):
    """One week, by its Monday, of one person in a couple. A week in which they rated nothing has no row.

    Sums are of the steps that were chosen (a check-in has three), so that they are whole numbers and come out the same
    in any order. `open_count` and `open_sum` are those of the check-ins that the partner could read, too, when the week
    closed: nothing else may enter what both look at together.
    """

    __tablename__ = "weekly_scores"
    __table_args__ = (
        Index(
            "ix_weekly_scores_ends_at_unscored",
            "ends_at",
            "couple_id",
            "person_id",
            sqlite_where=text("scored_at IS NULL"),
            postgresql_where=text("scored_at IS NULL"),
        ),
        # On SQLite the weeks of a person lie side by side, so that closing one finds the one before at hand.
        {"sqlite_with_rowid": False},
    )

    couple_id: Mapped[Id] = mapped_column(ForeignKey("couples.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    week: Mapped[date] = mapped_column(Date, primary_key=True)

    felt_count: Mapped[int] = mapped_column(default=0)
    felt_sum: Mapped[int] = mapped_column(default=0)
    heard_count: Mapped[int] = mapped_column(default=0)
    heard_sum: Mapped[int] = mapped_column(default=0)
    appreciated_count: Mapped[int] = mapped_column(default=0)
    appreciated_sum: Mapped[int] = mapped_column(default=0)
    known_count: Mapped[int] = mapped_column(default=0)
    known_sum: Mapped[int] = mapped_column(default=0)
    open_count: Mapped[int] = mapped_column(default=0)
    open_sum: Mapped[int] = mapped_column(default=0)

    ends_at: Mapped[datetime]
    """When the week is over: Monday, 04:00, in the zone that the couple had when its first rating came."""
    closes_at: Mapped[datetime]
    """Until when late ratings count: a day after it is over. From then on nothing in this row changes."""
    kept_at: Mapped[datetime | None]
    """When a rating was changed or taken back after that: the sums stand as they were, and rebuilding keeps them."""

    scored_at: Mapped[datetime | None]
    """When the rest was worked out from the sums; None while there is something to work out."""
    formula: Mapped[int | None]
    level: Mapped[float | None] = mapped_column(Double)
    """0 to 100, None while it is too early to say."""
    band: Mapped[float | None] = mapped_column(Double)
    """Points to either side of the level that hold 90 %, before they are cut at 0 and 100."""
    state: Mapped[str | None] = mapped_column(String(156))
    """What is known of the person after it, for the next week to go on from."""

    @property
    def ratings(self) -> Ratings:
        """All that they rated in the week."""
        return self._ratings(self.felt_count, self.felt_sum)

    @property
    def open_ratings(self) -> Ratings:
        """What they rated in the week as far as their partner could read it."""
        return self._ratings(self.open_count, self.open_sum)

    def _ratings(self, felt_count: int, felt_sum: int) -> Ratings:
        return ratings_of(
            felt_count, felt_sum, self.heard_count, self.heard_sum, self.appreciated_count, self.appreciated_sum,
            self.known_count, self.known_sum,
        )  # fmt: skip


class Opening(Model):
    """That somebody has opened their weeks to their partner, from the one's own side; closing them deletes it."""

    __tablename__ = "score_openings"

    couple_id: Mapped[Id] = mapped_column(ForeignKey("couples.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    opened_at: Mapped[datetime]


def ratings_of(*columns: int) -> Ratings:
    """The ratings in count and sum of each part, in the order of the columns, brought to 0 to 100."""
    felt, felt_sum, heard, heard_sum, appreciated, appreciated_sum, known, known_sum = columns
    sums = (felt_sum * 10 / 3, heard_sum * 10.0, appreciated_sum * 10.0, float(known_sum))
    return Ratings((felt, heard, appreciated, known), sums)
