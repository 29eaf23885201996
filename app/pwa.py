"""What a browser keeps of Attune on a phone: the static files, the worker, the manifest and the offline page.

Every static file lies under a digest of them all: `/static/<digest>/css/screens.css`. What has that address never
changes, so it is kept for a year, and a style sheet or a module reaches its neighbours by a relative path. Only these
files are ever compressed: a compressed page that holds both a secret and somebody's words could be guessed at.
"""

import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, render_template, request

from app.core.policy import public

HOME = Path(__file__).resolve().parent
MANIFEST = HOME.parent / "manifest.json"
OFFLINE = ("base.html", "parts/marks.html", "pwa/offline.html")
"""The templates behind the one page that the worker keeps."""

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
PACKED = frozenset({".png", ".woff2"})
"""Kinds that are compressed in themselves."""

KEPT = frozenset({".css", ".js", ".svg", ".woff2"})
"""Kinds that pages ask for, so that the worker keeps them."""

SPARED = {
    ".css": re.compile(
        rb"/\*.*?\*/|^ +| +$|(?<=[:,;{}])[ \n]+| +(?=[{}])|;(?= *\n? *\})|\n(?=\n)", re.DOTALL | re.MULTILINE
    ),
    ".js": re.compile(rb"^ *(?:/\*.*?\*/|//[^\n]*)$|^ +|\n(?=\n)", re.DOTALL | re.MULTILINE),
}
"""What stays at home: comments (in scripts, those with lines of their own), indents, empty lines, and in styles the
space that only whoever writes them needs."""

YEAR = "public, max-age=31536000, immutable"

bp = Blueprint("pwa", __name__)


@dataclass(frozen=True)
class File:
    """One static file as it is sent."""

    kind: str
    body: bytes
    packed: bytes | None
    """The body in gzip, where that is worth it."""


@dataclass(frozen=True)
class Shelf:
    """All static files, and the worker made for exactly these."""

    digest: str
    files: dict[str, File]
    worker: str

    def address(self, name: str) -> str:
        """Where a static file is found. Raises KeyError for a file there is not."""
        if name not in self.files:
            raise KeyError(f"there is no static file {name}")
        return f"/static/{self.digest}/{name}"


def init_app(app: Flask) -> None:
    """Read the static files, serve them, and give templates `asset(name)`."""
    shelf = fill_shelf()
    app.extensions["pwa"] = shelf
    app.jinja_env.globals["asset"] = shelf.address
    app.register_blueprint(bp)


def fill_shelf(home: Path = HOME) -> Shelf:
    """Take every static file below `home` that may be served into memory."""
    static = home / "static"
    found = sorted(path for path in static.rglob("*") if path.suffix in TYPES)
    worker = static / "sw.js"
    files = {path.relative_to(static).as_posix(): _file(path) for path in found if path != worker}
    digest = _digest(files, [home / "templates" / name for name in OFFLINE])
    kept = [f"/static/{digest}/{name}" for name in files if Path(name).suffix in KEPT]
    told = json.dumps({"digest": digest, "files": kept})
    return Shelf(digest, files, f"self.STATIC = {told};\n{worker.read_text()}")


def _digest(files: dict[str, File], offline: list[Path]) -> str:
    whole = hashlib.sha256()
    for name, body in [
        *((name, file.body) for name, file in files.items()),
        *((p.name, p.read_bytes()) for p in offline),
    ]:
        whole.update(name.encode() + b"\0" + hashlib.sha256(body).digest())
    return whole.hexdigest()[:16]


def _file(path: Path) -> File:
    body = path.read_bytes()
    if path.suffix in SPARED:
        body = SPARED[path.suffix].sub(b"", body)
    packed = None if path.suffix in PACKED else gzip.compress(body, mtime=0)
    return File(TYPES[path.suffix], body, packed)


@bp.get("/static/<digest>/<path:name>")
@public
def static(digest: str, name: str) -> Response:
    """One static file. Under another digest (say, `latest`) it is the file of today, not to be kept."""
    shelf: Shelf = current_app.extensions["pwa"]
    file = shelf.files.get(name) or abort(404)
    response = Response(file.body, content_type=file.kind)
    if file.packed:
        response.vary.add("Accept-Encoding")
        if request.accept_encodings.quality("gzip") > 0:
            response.data = file.packed
            response.content_encoding = "gzip"
    response.headers["Cache-Control"] = YEAR if digest == shelf.digest else "no-store"
    return response


@bp.get("/sw.js")
@public
def worker() -> Response:
    """The service worker. Its first line names the static files, so any change of theirs is a new worker."""
    shelf: Shelf = current_app.extensions["pwa"]
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"}
    return Response(shelf.worker, content_type=TYPES[".js"], headers=headers)


@bp.get("/manifest.json")
@public
def manifest() -> Response:
    """What the phone is told about the app when it is installed."""
    return Response(
        MANIFEST.read_bytes(), content_type="application/manifest+json", headers={"Cache-Control": "no-cache"}
    )


@bp.get("/offline")
@public
def offline() -> str:
    """The page that the worker keeps and shows when there is no connection."""
    return render_template("pwa/offline.html")
