"""The whole shelf: what comes with Attune, and what the operator installed."""

from datetime import datetime
from functools import lru_cache

from sqlalchemy import bindparam, select

from app.assessments.binding import bind
from app.assessments.instrument import Instrument
from app.assessments.keys import ORDER, keys
from app.assessments.models import InstrumentPack
from app.assessments.pack import Pack, Refused
from app.assessments.packfile import from_toml, to_toml
from app.assessments.shelf import PLAIN, builtin
from app.assessments.unbinding import bare
from app.core.db import db, rows_of

_BODIES = select(InstrumentPack.body).order_by(InstrumentPack.installed_at, InstrumentPack.version)
_PACKS = select(InstrumentPack.instrument, InstrumentPack.locale, InstrumentPack.version, InstrumentPack.body)
_BODY = select(InstrumentPack.body).where(
    InstrumentPack.instrument == bindparam("instrument"),
    InstrumentPack.locale == bindparam("locale"),
    InstrumentPack.version == bindparam("version"),
)


def built_in() -> tuple[Instrument, ...]:
    """What comes with Attune, in all its languages."""
    return tuple(builtin().values())


def installed() -> tuple[Instrument, ...]:
    """What the operator installed, all languages and versions, the oldest first, without `misfits`."""
    return tuple(found for (body,) in rows_of(_BODIES) if (found := _fitting(body)))


def misfits() -> list[tuple[str, str]]:
    """Installed packs that their key, another since an update, does not take any more: which, and why not."""
    told = []
    for ident, locale, version, body in rows_of(_PACKS):
        try:
            _made(body)
        except Refused as error:
            told.append((f"{ident}, {locale}, version {version}", str(error)))
    return told


def instruments(locale: str) -> tuple[Instrument, ...]:
    """What can be sat, one of each, in the order of the shelf: in this language, else in PLAIN, else in any.

    Of several versions in one language it is the one that was installed last.
    """
    found = {ident: offered for (ident, _), offered in builtin().items()}
    for each in sorted((*builtin().values(), *installed()), key=lambda each: _rank(each.locale, locale)):
        found[each.id] = each
    return tuple(found[ident] for ident in ORDER if ident in found)


def instrument(ident: str, locale: str) -> Instrument | None:
    """The one that `instruments` shows under an id. None where no such is on the shelf."""
    return next((each for each in instruments(locale) if each.id == ident), None)


def wording_of(ident: str, locale: str, version: str) -> Instrument | None:
    """The very words of an earlier sitting. None when the pack they came from is not there any more."""
    found = builtin().get((ident, locale))
    if found is not None and found.version == version:
        return found
    return next((_fitting(body) for (body,) in rows_of(_BODY, instrument=ident, locale=locale, version=version)), None)


def scored_by(ident: str, locale: str, version: str) -> Instrument:
    """What an earlier sitting is scored by: its words, or the wordless key where they are gone. Raises KeyError."""
    return wording_of(ident, locale, version) or bare(keys()[ident])


def bound(pack: Pack) -> Instrument:
    """What a pack would make, without installing it. Raises Refused."""
    if pack.instrument not in keys():
        raise Refused(f"There is no key for {pack.instrument!r}; there are {', '.join(ORDER)}.")
    if (pack.instrument, pack.locale) in builtin():
        raise Refused(f"{keys()[pack.instrument].name} comes with Attune in this language.")
    return bind(keys()[pack.instrument], pack)


def install(pack: Pack, *, now: datetime) -> tuple[Instrument, bool]:
    """Put a pack on the shelf: the instrument, and whether it is new there. Raises Refused.

    A version never changes its words: sittings name it. A new licence or permission takes the old one's place.
    """
    made = bound(pack)
    row = db.session.get(InstrumentPack, (made.id, made.locale, made.version))
    new = row is None
    if row is None:
        row = InstrumentPack(
            instrument=made.id,
            locale=made.locale,
            version=made.version,
            wording_hash=made.wording_hash,
            installed_at=now,
        )
        db.session.add(row)
    elif row.wording_hash != made.wording_hash:
        raise Refused(f"Version {made.version} is installed with other words; give this one another version.")
    row.licence, row.permission, row.body = made.licence, made.permission, to_toml(pack)
    db.session.flush()
    return made, new


def remove(ident: str, *, locale: str | None = None, version: str | None = None) -> list[tuple[str, str]]:
    """Take packs of an instrument off the shelf, words and all: the language and version of each.

    Sittings keep their answers.
    """
    wanted = select(InstrumentPack).where(InstrumentPack.instrument == ident)
    if locale is not None:
        wanted = wanted.where(InstrumentPack.locale == locale)
    if version is not None:
        wanted = wanted.where(InstrumentPack.version == version)
    found = db.session.scalars(wanted).all()
    for row in found:
        db.session.delete(row)
    db.session.flush()
    return [(row.locale, row.version) for row in found]


def _rank(theirs: str, locale: str) -> int:
    """How well a language fits, the best last."""
    if theirs == locale:
        return 3
    return 2 if theirs.partition("_")[0] == locale.partition("_")[0] else 1 if theirs == PLAIN else 0


def _fitting(body: str) -> Instrument | None:
    try:
        return _made(body)
    except Refused:
        return None


@lru_cache(maxsize=64)
def _made(body: str) -> Instrument:
    pack = from_toml(body.encode())
    if pack.instrument not in keys():
        raise Refused(f"There is no key for {pack.instrument} any more.")
    return bind(keys()[pack.instrument], pack)
