"""Requests handed straight to an app, without a network."""

import sys
from typing import Any

from flask import Flask
from werkzeug.test import EnvironBuilder


def environ(path: str, token: str) -> dict[str, Any]:
    """A request as a browser of a signed-in person sends it."""
    headers = {
        "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Language": "en-GB,en;q=0.8,es;q=0.5",
        "Accept-Encoding": "gzip, deflate, br, zstd",
        "Sec-Fetch-Site": "same-origin",
        "Cookie": f"attune={token}",
    }
    return EnvironBuilder(path=path, base_url="http://127.0.0.1:8000", headers=headers).get_environ()


def visit(app: Flask, request: dict[str, Any]) -> bytes:
    """The page that answers a request. Anything but 200 ends the benchmark."""
    told: list[str] = []
    answer = app(dict(request), lambda status, _headers, _error=None: told.append(status))
    try:
        page = b"".join(answer)
    finally:
        answer.close()
    if told != ["200 OK"]:
        sys.exit(f"{request['PATH_INFO']} answered {told}")
    return page
