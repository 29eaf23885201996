"""What a browser keeps of the app: static files by digest, the worker, the manifest and the offline page."""

import gzip
import json
import re
import shutil
import struct
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import pwa
from app.core.policy import PUBLIC

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture
def shelf(app: Flask) -> pwa.Shelf:
    shelf: pwa.Shelf = app.extensions["pwa"]
    return shelf


def test_a_static_file_is_kept_for_a_year_under_its_digest(client: FlaskClient, shelf: pwa.Shelf) -> None:
    for name, kind in (
        ("css/tokens.css", "text/css; charset=utf-8"),
        ("js/elements/draft-keeper.js", "text/javascript; charset=utf-8"),
        ("icons/favicon.svg", "image/svg+xml"),
        ("fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2", "font/woff2"),
    ):
        response = client.get(shelf.address(name))
        assert response.status_code == 200
        assert response.content_type == kind
        assert response.cache_control.immutable
        assert response.cache_control.max_age == 31_536_000
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_under_another_digest_the_file_of_today_is_not_kept(client: FlaskClient, shelf: pwa.Shelf) -> None:
    response = client.get("/static/latest/css/tokens.css")
    assert response.data == client.get(shelf.address("css/tokens.css")).data
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["css/none.css", "sw.js", "icons/README.md", "../pwa.py", "..%2fpwa.py", "css/", "/"])
def test_nothing_else_is_served_from_there(client: FlaskClient, shelf: pwa.Shelf, name: str) -> None:
    assert client.get(f"/static/{shelf.digest}/{name}").status_code in {308, 404}


def test_an_asset_there_is_not_is_a_fault_of_the_template(shelf: pwa.Shelf) -> None:
    with pytest.raises(KeyError, match="no static file css/none"):
        shelf.address("css/none.css")


def test_static_files_are_compressed_for_whom_can_read_that(client: FlaskClient, shelf: pwa.Shelf) -> None:
    address = shelf.address("css/parts.css")
    packed, plain = client.get(address, headers=GZIP), client.get(address)
    refused = client.get(address, headers={"Accept-Encoding": "gzip;q=0, identity"})
    assert packed.content_encoding == "gzip"
    assert gzip.decompress(packed.data) == plain.data == refused.data
    assert plain.content_encoding is refused.content_encoding is None
    assert "Accept-Encoding" in packed.vary
    assert "Accept-Encoding" in plain.vary
    assert packed.content_length == len(packed.data)


def test_pictures_and_fonts_are_not_compressed_again(client: FlaskClient, shelf: pwa.Shelf) -> None:
    for name in ("icons/icon-192.png", "fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2"):
        assert client.get(shelf.address(name), headers=GZIP).content_encoding is None


@pytest.mark.parametrize("path", ["/", "/offline", "/sign-in", "/manifest.json", "/sw.js", "/no-such-page"])
def test_nothing_but_static_files_is_compressed(client: FlaskClient, path: str) -> None:
    assert client.get(path, headers=GZIP).content_encoding is None


def test_styles_and_scripts_travel_without_their_comments(client: FlaskClient, shelf: pwa.Shelf) -> None:
    style = client.get(shelf.address("css/parts.css")).data
    assert not re.search(rb"/\*|\n\n|^ | $|: |; |, |\{ | \{|;\}", style, re.MULTILINE)
    # What means something stays: between selectors, about the sign of a sum, and as many rules as there were.
    assert all(each in style for each in (b".said.me::before{", b".said > * + *{", b"100% / 11"))
    written = (pwa.HOME / "static" / "css" / "parts.css").read_bytes()
    assert style.count(b"{") == re.sub(rb"/\*.*?\*/", b"", written, flags=re.DOTALL).count(b"{")
    script = client.get(shelf.address("js/outbox.js")).text
    assert "at home" not in script
    assert script.lstrip().startswith("export function verdict")


def test_the_worker_may_see_the_whole_app_and_is_always_asked_for_anew(client: FlaskClient) -> None:
    response = client.get("/sw.js")
    assert response.mimetype == "text/javascript"
    assert response.headers["Service-Worker-Allowed"] == "/"
    assert response.headers["Cache-Control"] == "no-cache"


def test_the_worker_keeps_what_pages_need_and_all_of_it_is_there(client: FlaskClient, shelf: pwa.Shelf) -> None:
    first = client.get("/sw.js").text.splitlines()[0]
    told = json.loads(first.removeprefix("self.STATIC = ").removesuffix(";"))
    assert told["digest"] == shelf.digest
    assert shelf.address("css/screens.css") in told["files"]
    assert shelf.address("js/app.js") in told["files"]
    assert not [path for path in told["files"] if path.endswith(".png")]
    for path in told["files"]:
        assert client.get(path).cache_control.immutable


@pytest.mark.parametrize(
    "changed",
    ["static/css/tokens.css", "static/icons/icon-192.png", "templates/base.html", "templates/pwa/offline.html"],
)
def test_any_change_of_what_is_kept_is_a_new_worker(tmp_path: Path, changed: str) -> None:
    for folder in ("static", "templates"):
        shutil.copytree(pwa.HOME / folder, tmp_path / folder)
    before = pwa.fill_shelf(tmp_path)
    assert before == pwa.fill_shelf()
    (tmp_path / changed).write_bytes((tmp_path / changed).read_bytes() + b"x")
    after = pwa.fill_shelf(tmp_path)
    assert after.digest != before.digest
    assert after.worker != before.worker


def test_the_manifest_says_what_is_installed(client: FlaskClient) -> None:
    response = client.get("/manifest.json")
    assert response.content_type == "application/manifest+json"
    told = response.get_json(force=True)
    assert (told["id"], told["scope"], told["start_url"], told["display"]) == ("/", "/", "/today", "standalone")
    assert told["name"] == told["short_name"] == "Attune"
    assert {icon.get("purpose", "any") for icon in told["icons"]} == {"any", "maskable", "monochrome"}


def test_every_icon_is_there_in_the_size_that_is_told(client: FlaskClient) -> None:
    told = client.get("/manifest.json").get_json(force=True)
    for icon in told["icons"] + [icon for shortcut in told["shortcuts"] for icon in shortcut["icons"]]:
        picture = client.get(icon["src"]).data
        assert picture.startswith(b"\x89PNG")
        assert "{}x{}".format(*struct.unpack(">II", picture[16:24])) == icon["sizes"]


def test_the_app_starts_at_pages_there_are(app: Flask, client: FlaskClient) -> None:
    told = client.get("/manifest.json").get_json(force=True)
    routes = app.url_map.bind("localhost")
    for url in (told["start_url"], *(shortcut["url"] for shortcut in told["shortcuts"])):
        assert routes.test(url, method="GET"), url


def test_the_offline_page_is_nobodys(client: FlaskClient) -> None:
    response = client.get("/offline")
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
    assert "kept on this phone" in response.text


def test_its_routes_are_open_to_all(app: Flask) -> None:
    open_to = {name: who for name, who in app.extensions["policies"].items() if name.startswith("pwa.")}
    assert set(open_to) == {"pwa.static", "pwa.worker", "pwa.manifest", "pwa.offline"}
    assert set(open_to.values()) == {PUBLIC}
