"""A sitting in pages: a few questions at a time, what belongs together on one, what is private last. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from app.assessments.instrument import Instrument, Item, Section

FEW = 4
"""Questions on one page, at the most, but for those of one domain."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its items, and which they are of how many, counted among the open or among the private ones."""

    number: int
    section: Section
    items: tuple[Item, ...]
    first: int
    of: int

    @property
    def private(self) -> bool:
        """Whether it belongs to the part that never goes to the partner by itself."""
        return self.section.private

    @property
    def last(self) -> int:
        """The number of its last item."""
        return self.first + len(self.items) - 1


def pages_of(instrument: Instrument) -> tuple[Page, ...]:
    """All pages in the order in which they are asked: the open sections, then the private ones."""
    found: list[Page] = []
    for private in (False, True):
        parts = [part for section in instrument.sections if section.private == private
                 for part in _parts(instrument, section)]  # fmt: skip
        of, first = sum(len(items) for _, items in parts), 1
        for section, items in parts:
            found.append(Page(len(found) + 1, section, items, first, of))
            first += len(items)
    return tuple(found)


def page_to_go_on(pages: tuple[Page, ...], given: Mapping[str, object]) -> Page | None:
    """The first open page with a question that is neither answered nor skipped; None when there is none."""
    return next((page for page in pages if not page.private and any(item.id not in given for item in page.items)), None)


def _parts(instrument: Instrument, section: Section) -> Iterator[tuple[Section, tuple[Item, ...]]]:
    part: list[Item] = []
    for _, some in groupby(instrument.of_section(section), key=lambda item: item.domain or item.id):
        together = list(some)
        if part and len(part) + len(together) > FEW:
            yield section, tuple(part)
            part = []
        part += together
    if part:
        yield section, tuple(part)
