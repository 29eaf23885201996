"""The commands of an operator: `./run COMMAND`. Each says in a sentence what it did, or why it could not."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from werkzeug.datastructures import MultiDict

from app import backup, demo, demo_people, doctor, jobs, restore, schema, serving
from app.accounts import service as accounts
from app.accounts.forms import NewPerson, NewTherapist
from app.accounts.models import THERAPIST, Person
from app.archive import Unusable
from app.config import Config, WrongSetting
from app.core import api, clock
from app.core.db import db, transaction
from app.core.events import Event
from app.core.hashing import hasher
from app.core.logs import note
from app.guided import service as guided
from app.push import service as push
from app.scores import service as weekly
from app.trouble import sentence


def init_app(app: Flask) -> None:
    """Add the commands to `flask`."""
    running, keeping = (setup, serve, serve_demo, run_jobs, examine), (back_up, bring_back, push_keys, scores)
    people = (create_person, create_therapist, reset_factors, sign_out)
    for command in (*running, *keeping, *people, policies, openapi, step):
        app.cli.add_command(command)


@click.command()
@with_appcontext
def setup() -> None:
    """Make the data folder, the keys and the tables, or bring them up to date. May be run again."""
    with told():
        set_up()
    click.echo(f"All is set up in {_config().data}.")


@click.command()
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes that serve.")
@click.option("--no-jobs", is_flag=True, help="Leave the timetable to `jobs`, run somewhere else.")
@with_appcontext
def serve(workers: int, no_jobs: bool) -> None:
    """Set everything up and serve, with the timetable beside it. SIGTERM and Ctrl-C end it cleanly."""
    app, config = _app(), _config()
    with told(), serving.holding(config.data, alone=False):
        set_up()
        with serving.open_socket(config) as listening:
            host = f"[{config.host}]" if ":" in config.host else config.host
            known = f", for {config.base_url}" if config.https else ""
            click.echo(f"Attune listens on http://{host}:{config.port}{known}")
            serving.settle()
            if workers == 1:
                stopper = serving.Stopper()
                with nullcontext() if no_jobs else jobs.running(app):
                    serving.serve(app, listening, stopper)
            else:
                # What a process forks off must not share its parent's connections.
                db.session.remove()
                db.engine.dispose()
                beside = [] if no_jobs else [lambda stopper: _keep_timetable(app, stopper)]
                serving.supervise([lambda stopper: serving.serve(app, listening, stopper)] * workers + beside)


@click.command("demo")
@click.option("--reset", is_flag=True, help="Make everything anew, also on the day on which it was made.")
@click.pass_context
@with_appcontext
def serve_demo(context: click.Context, reset: bool) -> None:
    """Serve two couples and somebody on their own, all made up, from a data folder beside the real one.

    They are made at the first start of each day, so that their weeks end today; what was typed into the demo before
    is gone then. Days are those of this machine's time zone. The real data folder and DATABASE_URL are not touched.
    """
    config = _config()
    if not config.demo:
        # In this process's place another begins, which knows of no real data at all.
        os.execve(sys.executable, sys.orig_argv, {**os.environ, **demo.settings(config)})  # noqa: S606 - ourselves
    with told(), serving.holding(config.data, alone=True), _bar("Making people up") as progress:
        demo.provide(config, anew=reset, now=clock.now(), progress=progress)
    _introduce(config)
    context.invoke(serve)


@click.command("jobs")
@click.option("--once", is_flag=True, help="Go through the timetable once, then end: for cron.")
@with_appcontext
def run_jobs(once: bool) -> None:
    """Go through the timetable: reminders, the scores of weeks that are over, housekeeping and backups."""
    app = _app()
    with told(), serving.holding(_config().data, alone=False):
        if not once:
            stopper = serving.Stopper()
            click.echo("The timetable runs.")
            serving.settle()
            _keep_timetable(app, stopper)
        elif failed := [step.name for step in jobs.TIMETABLE if not jobs.run(app, step)]:
            raise click.ClickException(f"Failed: {', '.join(failed)}.")


@click.command("doctor")
@with_appcontext
def examine() -> None:
    """Say what is well and what is missing. Ends with 1 when there is a problem."""
    findings = doctor.examine(_config(), now=clock.now())
    colours = {doctor.OK: "green", doctor.WARNING: "yellow", doctor.PROBLEM: "red"}
    for finding in findings:
        click.echo(click.style(f"{finding.level:8}", fg=colours[finding.level]) + finding.says)
    if any(finding.level == doctor.PROBLEM for finding in findings):
        raise SystemExit(1)


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@with_appcontext
def back_up(file: Path | None) -> None:
    """Copy all data and the keys into one FILE, also while people write. Whoever has it can read everything.

    Without FILE: a dated one in the folder "backups" of the data folder, which keeps the newest 14.
    """
    config = _config()
    with told(), _bar("Copying") as progress:
        made = backup.make(config, file, revision=schema.current(), now=clock.now(), progress=progress)
        if file is None:
            backup.prune(config, now=clock.now())
    click.echo(f"Everything is in {made}. Keep it as safe as the data: whoever has it can read it.")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--force", is_flag=True, help="Move what is there aside first.")
@with_appcontext
def bring_back(file: Path, force: bool) -> None:
    """Bring back what a backup FILE holds, into an empty data folder."""
    with told():
        done = restore.restore(_config(), file, force=force, now=clock.now())
        set_up()
        with transaction():
            # The exercises of therapists who were erased again went with them.
            guided.end_without_exercise(now=clock.now())
    click.echo(f"All is back as it was on {done.made_at}. Everybody has to sign in again.")
    click.echo("Tell them: what they have ended since, such as a couple or a yes to a therapist, stands again.")
    if done.aside:
        click.echo(f"What was here before, be it fresh keys alone, lies in {done.aside}. Delete it when you are sure.")


@click.command("create-person")
@click.argument("login")
@click.option("--name", prompt=True, help="What the partner sees.")
@click.option("--zone", default="UTC", show_default=True, help="Time zone, such as Europe/Madrid.")
@click.password_option(help="Better typed when asked: a command line can be seen by others.")
@with_appcontext
def create_person(login: str, name: str, zone: str, password: str) -> None:
    """Make an account for an adult who asked for one, also where registration is closed."""
    typed = {"login": login, "name": name, "zone": zone, "password": password, "adult": "yes"}
    form = NewPerson.read(MultiDict(typed))
    if not form.sound:
        raise click.ClickException(" ".join(f"{field}: {told}" for field, told in form.errors.items()))
    particulars = accounts.Particulars(form.data["login"], form.data["name"], form.data["zone"], "en")
    password_hash = hasher().hash(form.data["password"])
    try:
        with told(), writing():
            codes = accounts.renew_codes(accounts.register(particulars, password_hash, now=clock.now()))
    except accounts.LoginTaken as error:
        raise click.ClickException(f"login: {error.message}") from error
    click.echo("The account is made. Hand over these codes, each good for one new password:")
    click.echo("\n".join(codes))


@click.command("create-therapist")
@click.argument("name")
@with_appcontext
def create_therapist(name: str) -> None:
    """Print a link by which NAME, somebody you know and trust, makes a therapist's account. It works once."""
    form = NewTherapist.read(MultiDict({"name": name}))
    if "name" in form.errors:
        raise click.ClickException(f"NAME: {form.errors['name']}")
    with told(), writing():
        code = accounts.invite_therapist(form.data["name"], None, now=clock.now())
    hours = accounts.WELCOME // timedelta(hours=1)
    click.echo(f"Hand this to {form.data['name']}. It works once, for {hours} hours:")
    click.echo(f"{_config().base_url}/therapists/invited#{code}")


@click.command("reset-factors")
@click.argument("login")
@with_appcontext
def reset_factors(login: str) -> None:
    """Print a link for a therapist, who signs in as LOGIN, to set up password and second factor anew. It works once.

    For one who has lost their recovery codes, too. Be sure that it is them: whoever has the link gets in. They are
    signed out everywhere at once; what they showed so far works until the link is used. Nothing they wrote is lost.
    """
    with told(), writing():
        person = _signs_in_as(login)
        if person.role != THERAPIST:
            raise click.ClickException("LOGIN: this is no therapist. Nobody else opens the account of a partner.")
        code, name = accounts.let_begin_anew(person, now=clock.now()), person.name
    hours = accounts.RESET_VALID // timedelta(hours=1)
    click.echo(f"Hand this to {name}, and to nobody else. It works once, for {hours} hours:")
    click.echo(f"{_config().base_url}/recovery#{code}")


@click.command("sign-out")
@click.argument("login", required=False)
@click.option("--yes", is_flag=True, help="Sign everybody out without asking.")
@with_appcontext
def sign_out(login: str | None, *, yes: bool) -> None:
    """Sign everybody out in every browser, or whoever signs in as LOGIN. At once, also while Attune runs.

    For a stolen phone, a stolen database, or anybody who may have come in. Reminders ring there no more;
    passwords, passkeys and codes stay as they are.
    """
    if login is None and not yes:
        click.confirm("Sign everybody out, in every browser?", abort=True)
    with told(), writing():
        person_id = _signs_in_as(login).id if login is not None else None
        browsers = accounts.sign_out(person_id, now=clock.now())
    who = "Everybody" if login is None else f"Whoever signs in as {login}"
    click.echo(f"{who} is signed out. Browsers that were signed in: {browsers}.")


@click.command("push-keys")
@click.option("--rotate", is_flag=True, help="Make a new key. Each device follows at its next visit.")
@with_appcontext
def push_keys(rotate: bool) -> None:
    """Say by which key push services know this Attune, and how many devices still use an older one."""
    with told():
        set_up()
        if rotate:
            with transaction():
                push.rotate_keys(now=clock.now())
        key, behind = push.current_key(), push.devices_behind()
    click.echo(f"Devices subscribe with {key.public}." if key else "There is no key.")
    click.echo(f"Devices with an older one, which follow at their next visit: {behind}.")


@click.group()
def scores() -> None:
    """The weekly scores."""


@scores.command("rebuild")
@with_appcontext
def rebuild_scores() -> None:
    """Work out all weekly scores anew from the ratings. What was right before stays the same, also while people write.

    Needed once, for the weeks that were rated before there were scores.
    """
    now, after, done = clock.now(), "", 0
    with told(), serving.holding(_config().data, alone=False), _bar("Working out") as progress:
        set_up()
        whole, more = weekly.couples_to_rebuild(), 1
        while more:
            with transaction():
                after, more = weekly.rebuild(after, now=now)
            done += more
            progress(done, whole)
    click.echo(f"The weeks are worked out. Couples: {done}.")


@click.command()
@with_appcontext
def policies() -> None:
    """Print every route, and who may use it."""
    table: dict[str, str] = current_app.extensions["policies"]
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        click.echo(f"{table[rule.endpoint]:10} {methods:12} {rule.rule}")


@click.command()
@with_appcontext
def openapi() -> None:
    """Print what describes the JSON API, in OpenAPI 3.1: docs/openapi.json."""
    click.echo(api.document(_app()), nl=False)


@click.command("db", add_help_option=False, context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
@with_appcontext
def step(context: click.Context, words: tuple[str, ...]) -> None:
    """Go from step to step of the tables: the commands of Flask-Migrate."""
    # At the first use, like all of Alembic.
    from flask_migrate.cli import db as steps

    schema.alembic()
    steps.main(words, prog_name="./run db", obj=context.obj)


def _signs_in_as(login: str) -> Person:
    """Whose login this is, unless they are shut out. Raises ClickException."""
    person = accounts.person_by_login(login.strip().casefold())
    if person is None or person.disabled_at is not None:
        raise click.ClickException(f"LOGIN: nobody signs in as {login}.")
    return person


def set_up() -> None:
    """Make the data folder, the keys and the tables, or bring them up to date. A backup holds what they were."""
    config = _config()
    if schema.pending():
        revision, file = schema.current(), schema.database_file(config)
        if revision is not None and file is not None:
            kept = backup.make(config, revision=revision, now=clock.now(), progress=lambda _done, _all: None)
            click.echo(f"The tables are about to change; {kept} holds them as they were.")
        schema.upgrade()
    if push.current_key() is None:
        with transaction():
            push.rotate_keys(now=clock.now())


@contextmanager
def writing() -> Iterator[None]:
    """A transaction on tables that are up to date."""
    set_up()
    with transaction():
        yield


def _introduce(config: Config) -> None:
    """Say who there is, and how to be them."""
    # At the first use: every other command would wait for it.
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title_justify="left", caption_justify="left")
    table.title = "Everybody here is made up."
    for column in ("Sign in as", "Who it is", "What to look at"):
        table.add_column(column, overflow="fold")
    for person in demo_people.everybody():
        table.add_row(person.login, f"{person.name}. {person.about}", person.look)
    table.caption = f"The password is the same for all: {demo_people.password()}"
    Console().print(table)
    click.echo(f"It lies in {config.data}. Both of a couple at once: one of them in a private window.")


def _keep_timetable(app: Flask, stopper: serving.Stopper) -> None:
    with jobs.running(app):
        stopper.wait()


@contextmanager
def told() -> Iterator[None]:
    """Note the command in the log, and say in a sentence what could not be done where that is no fault of the code."""
    if _config().log_format == "json":
        # The command and not its words: among them are the names that people sign in by.
        note(Event.COMMAND, command=click.get_current_context().command_path.partition(" ")[2])
    try:
        yield
    except (Unusable, WrongSetting, demo.NoDemo, schema.TooNew, serving.InUse) as error:
        raise click.ClickException(str(error)) from error
    except Exception as error:
        found = sentence(error, _config())
        if found is None:
            raise
        raise click.ClickException(found) from error


@contextmanager
def _bar(doing: str) -> Iterator[backup.Progress]:
    """A bar for what takes its time, on a terminal; nothing in a log."""
    if not sys.stderr.isatty():
        yield lambda _done, _whole: None
        return
    from rich.console import Console  # At the first use, and for somebody who sees it.
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing)
        yield lambda done, whole: bar.update(task, completed=done, total=whole)


def _app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined, no-any-return]


def _config() -> Config:
    found: Config = current_app.extensions["attune"]
    return found
