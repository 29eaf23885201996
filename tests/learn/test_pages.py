"""The pages of the shelf: open to everybody, without script, and nothing kept of who looks for what."""

import re

import pytest

from app.learn.routes import index
from app.learn.shelf import load

SHELF = load()
RLO, NUL = "\u202e", "\0"

pytestmark = pytest.mark.only_on("sqlite")


def main_of(page: str) -> str:
    """What stands in the middle of a page, without the box for what could not be sent, which only partners have."""
    return re.sub(r"<out-box.*?</out-box>|\s+", "", re.search(r"<main.*?</main>", page, re.DOTALL)[0])


def test_everybody_reads_the_same_and_nothing_is_asked_of_the_database_for_it(client, couple, ana, as_user, statements):
    browser = as_user(ana)
    for path in ("/learn", "/learn?q=money", "/learn/money"):
        with statements() as seen:
            stranger = client.get(path).text
        assert seen == []
        with statements() as seen:
            partner = browser.get(path).text
        assert len(seen) == 1
        assert main_of(stranger) == main_of(partner)
        assert 'class="foot"' in partner
        assert 'class="foot"' not in stranger


def test_the_shelf_shows_every_group_and_topic_and_how_to_search(client):
    page = client.get("/learn").text
    for group in SHELF.groups:
        assert f">{group.title}<" in page
        assert all(f'href="/learn/{topic.id}"' in page for topic in group.topics)
    assert '<form class="searching" method="get" action="/learn" role="search">' in page
    assert 'href="/learn"' in client.get("/").text
    assert 'href="/help-lines"' in page


def test_each_topic_leads_to_its_exercise_its_neighbours_and_the_next(client):
    for topic in SHELF.topics.values():
        page = client.get(f"/learn/{topic.id}").text
        assert f"<h1>{topic.title}</h1>" in page
        assert topic.html.strip() in page
        act = re.search(r'<a class="act" href="([^"]+)">', page)[1]
        assert act == (f"/exercises/{topic.exercise}" if topic.exercise else "/help-lines")
        assert all(f'href="/learn/{name}"' in page for name in topic.neighbours)
        for turn, other in zip(("prev", "next"), SHELF.around(topic), strict=True):
            assert (f'rel="{turn}"' in page) == (other is not None)
        assert all(f"({source.year})" in page for source in topic.sources)


def test_a_search_works_without_script_and_says_how_much_it_found(client):
    page = client.get("/learn", query_string={"q": "aplogize"}).text
    hits = index().find("aplogize").hits
    assert f'role="status">{len(hits)} topics.</p>' in page
    shown = re.findall(r'<li><a href="/learn/([^"]+)"', page)
    assert shown == [hit.topic.id for hit in hits]
    assert shown[0] == "sorry"
    assert 'value="aplogize"' in page


def test_the_words_that_were_met_are_marked_in_their_line(client):
    page = client.get("/learn", query_string={"q": "kettle"}).text
    assert "A silly name for the <mark>kettle</mark> will do." in page


def test_where_nothing_is_found_there_is_a_way_on(client):
    page = client.get("/learn", query_string={"q": "rhubarb compote"}).text
    assert "Nothing by these words." in page
    assert 'href="/help-lines"' in page
    assert 'href="/learn">All topics' in page


def test_help_stands_above_all_else_after_words_of_danger_and_only_then(client):
    page = client.get("/learn", query_string={"q": "she hits me"}).text
    assert 0 < page.index('<a class="act" href="/help-lines">') < page.index('<li><a href="/learn/')
    assert '<a class="act" href="/help-lines">' not in client.get("/learn", query_string={"q": "money"}).text


@pytest.mark.parametrize("typed", ["", "   ", NUL, RLO, "?!…"])
def test_a_search_for_nothing_shows_the_shelf_or_says_so(client, typed):
    page = client.get("/learn", query_string={"q": typed})
    assert page.status_code == 200
    assert 'class="fold"' in page.text or "Nothing by these words." in page.text


@pytest.mark.parametrize(
    "typed",
    [
        "a" * 5000, "money " * 900, f"mo{NUL}ney", f"{RLO}yenom", "<script>alert(1)</script>", "{{ 7 * 7 }}", "%00%ff",
        '"><img src=x onerror=alert(1)>', "👩‍👩‍👧" * 90, "شكرا لك", "' OR 1=1 --", b"\xed\xa0\x80", "../../etc",
    ],
)  # fmt: skip
def test_hostile_words_do_no_harm(client, typed):
    answer = client.get("/learn", query_string={"q": typed})
    assert answer.status_code == 200
    assert not re.search(r"[\0\u202a-\u202e\u2066-\u2069]|<script>alert|<img", answer.text)
    assert len(answer.text) < 30_000
    assert ">49<" not in answer.text


@pytest.mark.parametrize("topic", ["nothing", "HOW-LONG", "groups.toml", "..%2f..%2fgroups", "how-long.md", "%00"])
def test_a_topic_that_is_not_there_is_not_there(client, topic):
    assert client.get(f"/learn/{topic}").status_code == 404


def test_nothing_is_kept_of_a_search_nor_of_who_reads(make_app, capsys):
    browser = make_app(log_format="json", log_level="DEBUG").test_client()
    for path in ("/learn?q=strawberries", "/learn/touch-fades"):
        answer = browser.get(path)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in answer.headers
    told = capsys.readouterr().err
    assert "/learn/<topic_id>" in told
    assert "strawberries" not in told
    assert "touch-fades" not in told
