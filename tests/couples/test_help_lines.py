"""Somebody to talk to: a page for each country, numbers that dial, and a file whose faults are told by name."""

import re
from html import unescape
from urllib.parse import quote, unquote

import pytest

from app import create_app
from app.couples import help_lines as module
from app.couples.help_lines import ABOUT, HelpLinesError, help_lines, read

DIALS = set("0123456789+*#")
COUNTRIES = help_lines().countries
GOOD = """checked_on = 2026-11-25

[[countries]]
code = "XX"
name = "Nowhere"
emergency = "112"
  [[countries.lines]]
  name = "Line of Hope"
  about = "abuse"
  phone = "+1 (23) 4*5#"
  hours = "day and night"
  site = "https://hope.example"
  source = "hope.example"
"""


def test_every_country_has_an_emergency_number_an_abuse_line_and_a_crisis_line():
    assert len(COUNTRIES) > 20
    for country in COUNTRIES:
        assert set(country.emergency) <= DIALS, country.name
        assert {"abuse", "crisis"} <= {line.about for line in country.lines} <= set(ABOUT), country.name


def test_countries_stand_in_order_each_once():
    names = [country.name for country in COUNTRIES]
    assert names == sorted(set(names))
    codes = [country.code for country in COUNTRIES]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[A-Z]{2}", code) for code in codes)


def test_no_line_stands_twice_in_a_country():
    for country in COUNTRIES:
        known = [(line.number, line.about) for line in country.lines]
        assert len(set(known)) == len(known), country.name


def test_every_number_can_be_dialled():
    for line in (line for country in COUNTRIES for line in country.lines):
        assert 3 <= len(line.number) <= 15, line
        assert set(line.number) <= DIALS, line
        assert set(line.phone) - DIALS <= set(" -()/."), line


# The page


def test_the_list_leads_to_the_page_of_each_country(client):
    page = client.get("/help-lines").text
    assert re.findall(r'href="/help-lines\?country=(\w+)"', page) == [country.code for country in COUNTRIES]


def test_the_page_of_each_country_holds_every_line_and_links_that_dial(client):
    links = set()
    for country in COUNTRIES:
        page = client.get(f"/help-lines?country={country.code}").text
        dialled = re.findall(r'href="tel:([^"]*)"', page)
        numbers = [country.emergency, *(line.number for line in country.lines)]
        assert [unquote(each) for each in dialled] == numbers
        assert dialled == [quote(number, safe="") for number in numbers]
        links.update(dialled)
        assert f"<h2>{country.name}</h2>" in unescape(page)
        for line in country.lines:
            for told in (line.name, line.phone, line.hours, line.site):
                assert told in unescape(page)
    # A star or a hash that stood there as it is would end the number.
    assert any("%" in each for each in links)


@pytest.mark.parametrize("asked", ["", "XX", "ar", "AR&country=AU", "../etc/passwd", "<b>", "%00"])
def test_an_unknown_country_brings_the_list(client, asked):
    answer = client.get("/help-lines", query_string={"country": asked})
    assert answer.status_code == 200
    assert f'href="/help-lines?country={COUNTRIES[0].code}"' in answer.text


def test_nothing_is_kept_of_who_looks(client, as_user, ana, statements):
    browser = as_user(ana)
    browser.get("/help-lines")
    for looking in (client, browser):
        with statements() as seen:
            answer = looking.get(f"/help-lines?country={COUNTRIES[0].code}")
        assert "Set-Cookie" not in answer.headers
        assert [each for each in seen if not each.startswith("SELECT")] == []


def test_the_pages_that_may_need_it_lead_there(client, as_user, ana, couple, carol):
    for page in (client.get("/"), as_user(ana).get("/leaving"), as_user(carol).get("/before-pairing")):
        assert 'href="/help-lines"' in page.text


# The file


@pytest.fixture
def file(tmp_path):
    """`file("abuse", "other")`: the path of a good file, but for what is replaced in it."""

    def written(before="", after=""):
        assert before in GOOD
        path = tmp_path / "help_lines.toml"
        path.write_text(GOOD.replace(before, after, 1) if before else GOOD + after)
        return path

    return written


def test_a_good_file_is_read(file):
    (country,) = read(file()).countries
    (line,) = country.lines
    assert (country.code, country.name, country.emergency) == ("XX", "Nowhere", "112")
    assert (line.name, line.about, line.phone, line.number) == ("Line of Hope", "abuse", "+1 (23) 4*5#", "+1234*5#")
    assert (line.hours, line.site) == ("day and night", "https://hope.example")


def test_hours_and_site_may_be_left_out(file):
    (country,) = read(file('  hours = "day and night"\n  site = "https://hope.example"\n')).countries
    assert (country.lines[0].hours, country.lines[0].site) == ("", "")


BROKEN = [
    ("", "[[", "help_lines.toml cannot be read"),
    ("checked_on = 2026-11-25", "", "help_lines.toml: checked_on must be a day"),
    ("2026-11-25", '"2026-11-25"', "help_lines.toml: checked_on must be a day"),
    ("2026-11-25", "2026-11-25T10:00:00", "help_lines.toml: checked_on must be a day"),
    (GOOD.partition("\n")[2], "", "help_lines.toml: countries must be tables, at least one."),
    (GOOD.partition("\n")[2], 'countries = "all"', "help_lines.toml: countries must be tables, at least one."),
    ("[[countries]]", "[countries]", "help_lines.toml: countries must be tables, at least one."),
    ('code = "XX"\n', "", "help_lines.toml a country without a code: code must be a text."),
    ('"XX"', "7", "help_lines.toml 7: code must be a text."),
    ('name = "Nowhere"\n', "", "help_lines.toml XX: name must be a text."),
    ('emergency = "112"\n', "", "help_lines.toml XX: emergency must be a text."),
    ('"112"', '"112 or 110"', "help_lines.toml XX: emergency must be a number as a phone dials it."),
    (GOOD.partition("  [[")[2], "countries.lines]]", "help_lines.toml XX, a line: name must be a text."),
    ("".join(GOOD.partition("  [[")[1:]), "", "help_lines.toml XX: lines must be tables, at least one."),
    ("".join(GOOD.partition("  [[")[1:]), "lines = [1]", "help_lines.toml XX: lines must be tables, at least one."),
    ('"Line of Hope"', '" "', "help_lines.toml XX, a line: name must be a text."),
    ('about = "abuse"\n', "", "help_lines.toml XX Line of Hope: about must be a text."),
    ('"abuse"', '"other"', "help_lines.toml XX Line of Hope: about must be one of abuse, crisis, relationship."),
    ('phone = "+1 (23) 4*5#"\n', "", "help_lines.toml XX Line of Hope: phone must be a text."),
    ('"+1 (23) 4*5#"', "12345", "help_lines.toml XX Line of Hope: phone must be a text."),
    ('"+1 (23) 4*5#"', '"ask the operator"', "help_lines.toml XX Line of Hope: phone holds no number."),
    ('"+1 (23) 4*5#"', '"１２３"', "help_lines.toml XX Line of Hope: phone holds no number."),
    ('"day and night"', "24", "help_lines.toml XX Line of Hope: hours must be a text."),
    ('"https://hope.example"', "1", "help_lines.toml XX Line of Hope: site must be a text."),
    (
        '"https://hope.example"',
        '"hope.example"',
        "help_lines.toml XX Line of Hope: site must be an address on the web.",
    ),
    (
        '"https://hope.example"',
        '"javascript:1"',
        "help_lines.toml XX Line of Hope: site must be an address on the web.",
    ),
    ("", GOOD.partition("\n")[2], "help_lines.toml XX: code stands there twice."),
]


@pytest.mark.parametrize(("before", "after", "told"), BROKEN)
def test_a_fault_is_told_by_entry_and_field(file, before, after, told):
    with pytest.raises(HelpLinesError) as fault:
        read(file(before, after))
    assert str(fault.value).startswith(told)


def test_a_file_that_is_no_text_is_told(tmp_path):
    path = tmp_path / "help_lines.toml"
    path.write_bytes(b"\xff\xfe")
    for each in (path, tmp_path / "missing.toml"):
        with pytest.raises(HelpLinesError, match=f"^{each.name} cannot be read"):
            read(each)


def test_an_app_with_broken_help_lines_does_not_start(app, file, monkeypatch):
    monkeypatch.setattr(module, "FILE", file('"112"', '"soon"'))
    help_lines.cache_clear()
    try:
        with pytest.raises(HelpLinesError, match="XX: emergency"):
            create_app(app.extensions["attune"])
    finally:
        help_lines.cache_clear()
