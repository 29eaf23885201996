"""The commands for instruments: `./run instruments`. An operator puts the words of a published scale on the shelf."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import Flask
from flask.cli import with_appcontext

from app import cli
from app.assessments import reading, schemas, service
from app.assessments.change import limits
from app.assessments.instrument import BETWEEN, Instrument, Scale
from app.assessments.keys import ORDER, Key, keys
from app.assessments.pack import Pack, Refused
from app.assessments.packfile import MAX_BYTES, from_toml, to_toml
from app.assessments.scoring import needed
from app.assessments.unbinding import pack_of
from app.core import clock
from app.core.db import transaction

_IDENT = click.Choice(ORDER)
_LOCALE = click.option("--locale", help="Of this language, such as en or pt_BR.")


def init_app(app: Flask) -> None:
    """Add the commands to `flask`. Raises KeyFault or Refused when what comes with Attune is not whole."""
    service.built_in()
    app.cli.add_command(instruments)


@click.group()
def instruments() -> None:
    """What can be sat: the instruments of Attune, and published ones whose words you may use."""


@instruments.command("install")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--as", "ident", type=_IDENT, help="Of a questionnaire that does not say which instrument it is.")
@click.option("--licence", help="Where a questionnaire names none: under which terms its words may be used.")
@click.option("--permission", help="Where a questionnaire names none: who permitted it and when.")
@click.option("--locale", help="Where a questionnaire names none: its language, such as en or pt_BR.")
@click.option("--check", is_flag=True, help="Only say whether it would be installed.")
@with_appcontext
def install(file: Path, ident: str | None, check: bool, **given: str | None) -> None:
    """Install the words in FILE: a pack as TOML, or a FHIR R4 Questionnaire as JSON. See docs/instruments.md."""
    with _refused(), cli.told():
        pack = _read(file, ident, given)
        made = service.bound(pack)
        if check:
            click.echo(f"{_named(made)} can be installed. Its words have {made.wording_hash}.")
            return
        cli.set_up()
        with transaction():
            made, new = service.install(pack, now=clock.now())
    done = "is installed" if new else "was installed already; licence and permission are as in the file"
    click.echo(f"{_named(made)} {done}. Its words have {made.wording_hash}.")


@instruments.command("list")
@with_appcontext
def show_all() -> None:
    """List every instrument that there is a key for, with what is installed of it."""
    with cli.told():
        cli.set_up()
        there = [*service.built_in(), *service.installed()]
    # At the first use: every other command would wait for it.
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("Id", "Instrument", "Language", "Version", "Licence"):
        table.add_column(column, overflow="fold")
    for key in keys().values():
        for made in [each for each in there if each.id == key.id]:
            table.add_row(key.id, made.name, made.locale, made.version, made.licence)
        if not any(each.id == key.id for each in there):
            table.add_row(key.id, key.name, "-", "-", "words not installed")
    Console().print(table)


@instruments.command("show")
@click.argument("ident", type=_IDENT)
@_LOCALE
@with_appcontext
def show(ident: str, locale: str | None) -> None:
    """Tell all about the instrument IDENT: items, scales, what its figures rest on, terms, permission."""
    key = keys()[ident]
    with cli.told():
        cli.set_up()
        made = _found(ident, locale)
    click.echo("\n".join([*_told_of(key), *(_told_of_words(made) if made else ["Its words are not installed."])]))


@instruments.command("remove")
@click.argument("ident", type=_IDENT)
@_LOCALE
@click.option("--version", help="Only this version.")
@click.confirmation_option(prompt="Its words are deleted; sittings keep their answers. Go on?")
@with_appcontext
def remove(ident: str, locale: str | None, version: str | None) -> None:
    """Delete the installed words of the instrument IDENT. Sittings keep their answers and scores."""
    with cli.told():
        cli.set_up()
        with transaction():
            gone = service.remove(ident, locale=locale, version=version)
    if not gone:
        raise click.ClickException(f"Nothing of the kind is installed: {ident}.")
    click.echo("\n".join(f"Gone: {ident}, {language}, version {number}." for language, number in gone))


@instruments.command("export")
@click.argument("ident", type=_IDENT)
@_LOCALE
@click.option("--fhir", is_flag=True, help="As a FHIR R4 Questionnaire in place of a pack.")
@with_appcontext
def export(ident: str, locale: str | None, fhir: bool) -> None:
    """Print the instrument IDENT as a file that `install` takes. Whether it may be passed on, its licence says."""
    with cli.told():
        cli.set_up()
        made = _found(ident, locale)
    if made is None:
        raise click.ClickException(f"The words of {ident} are not installed.")
    if fhir:
        click.echo(json.dumps(schemas.questionnaire_of(made), ensure_ascii=False, indent=2))
    else:
        click.echo(to_toml(pack_of(keys()[ident], made)), nl=False)


def _read(file: Path, ident: str | None, given: dict[str, str | None]) -> Pack:
    """The pack in a file of either kind. Raises Refused."""
    with file.open("rb") as opened:
        raw = opened.read(MAX_BYTES + 1)
    if not raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return from_toml(raw)
    form = schemas.read_questionnaire(raw)
    return reading.pack_of(form, keys()[ident] if ident else reading.key_of(form, keys()), **given)


def _found(ident: str, locale: str | None) -> Instrument | None:
    made = service.instrument(ident, locale or "en")
    return None if made is None or (locale and made.locale != locale) else made


def _named(made: Instrument) -> str:
    return f"{made.name} ({made.id}, {made.locale}, version {made.version})"


def _told_of(key: Key) -> Iterator[str]:
    yield f"{key.id}: {key.name}"
    yield "A published scale." if key.validated else "Not a validated scale."
    yield f"{len(key.items)} items, every {key.every_weeks} weeks. What their shape rests on: {key.basis}."
    for scale in key.scales:
        yield from _told_of_scale(scale)
    yield f"Terms: {key.terms}"
    yield from (f"Source: {source}" for source in key.sources)


def _told_of_scale(scale: Scale) -> Iterator[str]:
    if scale.rule == BETWEEN:
        yield f"{scale.name}: the difference between two partners, and no score."
        return
    yield f"{scale.name}: {scale.rule} of {len(scale.items)}, {scale.lowest:g} to {scale.highest:g}, more is better."
    if scale.reverse:
        yield f"  Reversed: {', '.join(sorted(scale.reverse))}."
    yield f"  Answered: {needed(scale)} of {len(scale.items)} at least ({scale.answered_basis})."
    if scale.cut:
        yield f"  Cut-off: below {scale.cut.at:g} ({scale.cut.basis}: {scale.cut.source})."
    for each in scale.reliabilities:
        people = f", {each.n} people" if each.n else ""
        yield f"  {each.kind}: {each.r:g} ({each.basis}: {each.source}{people}), SD {each.sd:g} ({each.sd_basis})."
    if found := limits(scale):
        yield f"  A change is more than noise above {found.noise:.2f} points, and clear above {found.clear:.2f}."


def _told_of_words(made: Instrument) -> Iterator[str]:
    yield f"Installed: {_named(made)}" if not made.built_in else f"Comes with Attune: {_named(made)}"
    yield f"Licence: {made.licence}"
    yield f"Permission: {made.permission}"
    yield f"Words: {made.wording_hash}"
    for item in made.items:
        yield f"  {item.id}: {item.text}"
        yield "    " + ", ".join(f"{option.value} {option.label}".strip() for option in item.options)


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except Refused as error:
        raise click.ClickException(str(error)) from error
