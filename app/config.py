"""Settings: from the environment, typed, and loud at the start about what is wrong."""

import ipaddress
import os
import re
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from dotenv import dotenv_values

from app.core.crypto import KEY_BYTES

ROOT = Path(__file__).resolve().parent.parent


class WrongSetting(ValueError):
    """A setting cannot be used. The message is one sentence that names it."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """All settings of one instance. Make one with `Config.from_env()`, or by hand in a test."""

    data: Path
    database_url: str
    base_url: str = "http://127.0.0.1:8000"
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 8
    trusted_proxies: int = 0
    registration: str = "open"
    therapists: str = "command"
    log_format: str = "text"
    log_level: str = "INFO"
    demo: bool = False
    vapid_subject: str = ""
    push_hosts: tuple[str, ...] = ()
    smtp_url: str = ""
    push_loopback: bool = False
    """Whether pushes may go to this machine, in plain http. Only in tests."""

    secret_key: bytes = field(repr=False)
    master_key: bytes = field(repr=False)
    secret_key_file: Path | None = None
    master_key_file: Path | None = None
    """Where the keys were read from; None for one that came in no file."""

    password_cost: tuple[int, int] = (19_456, 2)
    """Argon2id memory in KiB and passes. Lower only in tests."""

    @property
    def https(self) -> bool:
        """Whether people reach this instance over TLS."""
        return self.base_url.startswith("https://")

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Config":
        """Read the environment (or `env`), and `.env` beside the code under it. Makes missing keys, mode 0600.

        Raises WrongSetting with one sentence that names the setting.
        """
        if env is None:
            env = {**{k: v for k, v in dotenv_values(ROOT / ".env").items() if v}, **os.environ}
        data = Path(env.get("ATTUNE_DATA") or ROOT / "instance").expanduser().absolute()
        master_file = Path(env.get("MASTER_KEY_FILE") or data / "master_key")
        secret_file = None if env.get("SECRET_KEY") else Path(env.get("SECRET_KEY_FILE") or data / "secret_key")
        host, port = env.get("HOST") or "127.0.0.1", _whole(env, "PORT", 8000, 1, 65535)
        _make_folder(data)
        return cls(
            data=data,
            database_url=_database(env, data),
            base_url=_base_url(env, host, port),
            host=host,
            port=port,
            threads=_whole(env, "THREADS", 8, 1, 128),
            trusted_proxies=_whole(env, "TRUSTED_PROXIES", 0, 0, 10),
            registration=_one_of(env, "REGISTRATION", ("open", "closed")),
            therapists=_one_of(env, "THERAPISTS", ("command", "invited")),
            log_format=_one_of(env, "LOG_FORMAT", ("text", "json")),
            log_level=_one_of(env, "LOG_LEVEL", ("INFO", "DEBUG", "WARNING", "ERROR")),
            demo=_one_of(env, "ATTUNE_DEMO", ("0", "1")) == "1",
            vapid_subject=_contact(env, _base_url(env, host, port)),
            push_hosts=_hosts(env),
            smtp_url=_smtp(env),
            secret_key=_key_in(secret_file, "SECRET_KEY_FILE") if secret_file else _secret_key(env["SECRET_KEY"]),
            master_key=_key_in(master_file, "MASTER_KEY_FILE"),
            secret_key_file=secret_file,
            master_key_file=master_file,
        )


def _contact(env: Mapping[str, str], base_url: str) -> str:
    """Whom a push service may write to: a page or an address. Apple refuses one that is on nobody's network."""
    given = env.get("VAPID_SUBJECT") or (base_url if base_url.startswith("https://") else "https://localhost")
    if not re.fullmatch(r"https://[^\s/]+.*|mailto:[^@\s]+@[^@\s]+", given):
        raise WrongSetting(f"VAPID_SUBJECT must look like mailto:somebody@example.org or https://…, not {given!r}.")
    return given


def _hosts(env: Mapping[str, str]) -> tuple[str, ...]:
    hosts = tuple(name.strip().lower() for name in (env.get("PUSH_HOSTS") or "").split(",") if name.strip())
    for host in hosts:
        if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", host) or host.replace(".", "").isdigit():
            raise WrongSetting(f"PUSH_HOSTS must be names such as push.example.org, with commas, not {host!r}.")
    return hosts


def _smtp(env: Mapping[str, str]) -> str:
    url = env.get("SMTP_URL") or ""
    if url and not _is_smtp(url):
        # It is not told back: it holds a password.
        raise WrongSetting(
            "SMTP_URL must look like smtps://user:password@mail.example.org:465?from=attune@example.org."
        )
    return url


def _is_smtp(url: str) -> bool:
    try:
        parts = urlsplit(url)
        known = parts.scheme in {"smtp", "smtps"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return known and re.fullmatch(r"[!-;=?A-~]+@[!-;=?A-~]+", parse_qs(parts.query).get("from", [""])[0]) is not None


def _whole(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = env.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise WrongSetting(f"{name} must be a whole number from {least} to {most}, not {text!r}.")
    return int(text)


def _one_of(env: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    text = env.get(name) or allowed[0]
    if text not in allowed:
        raise WrongSetting(f"{name} must be one of {', '.join(allowed)}, not {text!r}.")
    return text


def _database(env: Mapping[str, str], data: Path) -> str:
    url = env.get("DATABASE_URL") or f"sqlite:///{data / 'attune.sqlite3'}"
    for plain in ("postgres://", "postgresql://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    if not url.startswith(("sqlite:////", "sqlite:///", "postgresql+psycopg://")):
        raise WrongSetting("DATABASE_URL must begin with sqlite:/// or postgresql://.")
    return url


def _base_url(env: Mapping[str, str], host: str, port: int) -> str:
    given = (env.get("BASE_URL") or "").rstrip("/")
    if not given:
        if not _loopback(host):
            raise WrongSetting(f"BASE_URL is needed when HOST is {host!r}: the https address people will type.")
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"
    parts = urlsplit(given)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query or parts.username:
        raise WrongSetting(f"BASE_URL must look like https://attune.example.org, not {given!r}.")
    if parts.scheme == "http" and not _loopback(parts.hostname):
        raise WrongSetting("BASE_URL must begin with https:// (plain http only for this machine itself).")
    return given


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _make_folder(data: Path) -> None:
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise WrongSetting(f"ATTUNE_DATA: the folder {data} cannot be made ({error.strerror}).") from error


def _secret_key(text: str) -> bytes:
    if len(text) < 32:
        raise WrongSetting("SECRET_KEY must have at least 32 characters.")
    return text.encode()


def _key_in(path: Path, name: str) -> bytes:
    """Read a key of 32 bytes from `path`, made if missing. Two processes may start at once: one makes it."""
    try:
        if not path.exists():
            fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with os.fdopen(descriptor, "w") as file:
                    file.write(secrets.token_hex(KEY_BYTES) + "\n")
                    file.flush()
                    os.fsync(file.fileno())
                os.link(fresh, path)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise WrongSetting(f"{name}: others can read {path}; run chmod 600 on it.")
        return bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError) as error:
        if isinstance(error, WrongSetting):
            raise
        why = f" ({error.strerror})" if isinstance(error, OSError) else ""
        raise WrongSetting(f"{name}: {path} cannot be used as a key file{why}.") from error
