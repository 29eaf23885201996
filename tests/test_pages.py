"""The page checker finds what it is there to find."""

import pytest

from tests.pages import faults

GOOD = """<!doctype html><html lang="en"><head><title>Day · Attune</title></head><body>
<main><h1>Day</h1><form action="/x" method="post">
<label for="a">A</label><input id="a" name="a" aria-describedby="h"><p id="h">Hint</p>
<label><input type="checkbox" name="b"> B</label><input type="hidden" name="c">
<button type="submit">Go</button></form><a href="/help-lines">Help</a></main></body></html>"""


def test_a_sound_page_has_no_fault():
    assert list(faults(GOOD)) == []


def test_a_link_may_lead_out_if_it_tells_nobody_where_from():
    assert list(faults(GOOD.replace("</main>", '<a href="https://x.example" rel="noreferrer">X</a></main>'))) == []


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("<!doctype html>", "", "expected-doctype"),
        (' lang="en"', "", "html has no lang"),
        ("<title>Day · Attune", "<title> · Attune", "title says nothing"),
        ("<h1>Day</h1>", "", "one h1"),
        ("<h1>Day</h1>", "<h1>Day</h1><h1>Again</h1>", "one h1"),
        ("<h1>Day</h1>", "<h1> </h1>", "one h1"),
        ("<main>", "<main></main><main>", "one main"),
        ("<h1>Day", "<h1>&lt;Macro 'trouble'&gt;", "a macro stands"),
        ('<a href="/help-lines">Help</a>', "", "help is more than a tap away"),
        ("</main>", "</main></div>", "end-tag-too-early"),
        ('<p id="h">', '<p id="h"><i id="a"></i>', "'a' stands 2 times"),
        ('"h"><p', '"nowhere"><p', "points by aria-describedby"),
        ('for="a"', 'for="z"', "has no label"),
        ("<p id", '<p style="color:red" id', "style of its own"),
        ("</main>", "<style>p{}</style></main>", "style of its own"),
        ("</main>", "<script>1</script></main>", "script stands in the page"),
        ("<p id", '<p onclick="1" id', "script of its own"),
        ("</main>", '<img src="//cdn.example/x" alt=""></main>', "leads out of the app"),
        ("</main>", '<a href="https://x.example">X</a></main>', "leads out of the app"),
        ("</main>", '<a href="//x.example" rel="noreferrer">X</a></main>', "leads out of the app"),
        ("</main>", '<img src="https://x.example" rel="noreferrer" alt=""></main>', "leads out of the app"),
        (' action="/x"', "", "needs an action"),
        (' method="post"', "", "needs an action and a method"),
        (' type="submit"', "", "must say its type"),
        ("</form>", "<fieldset><p>x</p></fieldset></form>", "no legend"),
    ],
)
def test_each_fault_is_found(before, after, fault):
    assert before in GOOD
    assert any(fault in each for each in faults(GOOD.replace(before, after, 1)))
