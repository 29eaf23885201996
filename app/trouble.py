"""What a disk or a database does to us, in a sentence for whoever keeps the machine. No fault of the code is one."""

import errno
import re

from sqlalchemy.exc import DBAPIError, OperationalError

from app.config import Config
from app.core.sqlite import PATIENCE, driver
from app.schema import database_file

_DISK = {
    getattr(errno, name)
    for name in ("EACCES", "EDQUOT", "EFBIG", "EIO", "ENOENT", "ENOSPC", "ENOTDIR", "EPERM", "EROFS")
}
_BUSY = "The database {} is busy: another program has been writing to it for {} seconds. Try again."
_SHUT = "The database {} cannot be opened for writing: look at whose it and its folder are, and at the disk."
_FULL = "There is no room on the disk of the database {}."
_BROKEN = "The database {} is damaged, or is none. docs/backups.md says how to bring a backup back."
_DISK_FAILS = "The disk of the database {} fails, or lets no larger file be written."
_SENTENCES = {
    "BUSY": _BUSY,
    "LOCKED": _BUSY,
    "READONLY": _SHUT,
    "CANTOPEN": _SHUT,
    "PERM": _SHUT,
    "FULL": _FULL,
    "CORRUPT": _BROKEN,
    "NOTADB": _BROKEN,
    "IOERR": _DISK_FAILS,
}
"""By what SQLite calls it: the word after SQLITE_, before more of the occasion."""

_REASON = re.compile(r"(?:FATAL: +|failed: |\[Errno -?\d+\] )((?!FATAL)[^\n:]+)$", re.MULTILINE)
"""What PostgreSQL says at the end of a line, when it or the network turns us away."""


def sentence(error: Exception, config: Config) -> str | None:
    """What is wrong with the machine and what to do; None where that is not what this error is about."""
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}." if error.filename and error.errno in _DISK else None
    told = error.orig if isinstance(error, DBAPIError) else error
    file = database_file(config)
    if file is not None and isinstance(told, driver().Error):
        found = _SENTENCES.get(getattr(told, "sqlite_errorname", "_").split("_")[1])
        return found.format(file, PATIENCE // 1000) if found else None
    if file is None and isinstance(error, OperationalError):
        # Of its text the reason alone: the rest holds the address and, of some drivers, more.
        reason = _REASON.search(str(told))
        return f"DATABASE_URL: the database cannot be reached{f' ({reason[1]})' if reason else ''}."
    return None
