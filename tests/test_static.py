"""The static files and the style: small, ours alone, and as the design says."""

import re
import subprocess
from itertools import chain
from math import cos, radians, sin
from pathlib import Path

import pytest

from app.pwa import fill_shelf
from tests.support.node import find_node

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "app" / "static"
TEMPLATES = ROOT / "app" / "templates"
STYLES = sorted((STATIC / "css").glob("*.css"))
SCRIPTS = sorted(STATIC.rglob("*.js"))
ELEMENTS = sorted((STATIC / "js" / "elements").glob("*.js"))
PAGES = "".join(path.read_text() for path in sorted(TEMPLATES.rglob("*.html")))
DESIGN = (ROOT / "docs" / "design.md").read_text()
COMMON = {"tokens", "screens", "parts", "adapt"}
"""The style sheets of every page. Any other is named after a feature, and loaded by its pages alone."""
TOKENS = (STATIC / "css" / "tokens.css").read_text()


def name(path: Path) -> str:
    return path.relative_to(STATIC).as_posix()


def test_what_a_page_loads_is_small() -> None:
    """Each page has the common sheets and what `app.js` imports; some have a sheet and elements of their own."""
    packed = {path: len(file.packed) for path, file in fill_shelf().files.items() if file.packed}
    for template in sorted(TEMPLATES.rglob("*.html")):
        text = (TEMPLATES / "base.html").read_text() + template.read_text()
        sheets = {*(f"css/{sheet}.css" for sheet in COMMON), *re.findall(r"asset\('(css/[\w-]+\.css)'\)", text)}
        scripts = {"js/app.js", *(f"js/elements/{tag}.js" for tag in re.findall(r"<([a-z]+-[a-z-]+)[\s>]", text))}
        while more := {found for script in scripts for found in imports(script)} - scripts:
            scripts |= more
        assert sum(packed[sheet] for sheet in sheets) <= 10 * 1024, template
        assert sum(packed[script] for script in scripts) <= 12 * 1024, template


def test_the_style_of_a_feature_is_only_on_its_own_pages() -> None:
    for feature in {path.stem for path in STYLES} - COMMON:
        loading = {path.parent.name for path in TEMPLATES.rglob("*.html") if f"css/{feature}.css" in path.read_text()}
        assert loading == {feature}


def imports(script: str) -> set[str]:
    """The scripts that one imports wherever it is loaded."""
    path = STATIC / script
    found = re.findall(r"^import .*?'(\.[^']+)';$", path.read_text(), re.MULTILINE)
    return {(path.parent / each).resolve().relative_to(STATIC).as_posix() for each in found}


def test_no_static_file_names_another_host() -> None:
    files = [path for path in STATIC.rglob("*") if path.suffix in {".css", ".js", ".svg"}]
    for path in [*files, ROOT / "manifest.json"]:
        text = path.read_text().replace("http://www.w3.org/2000/svg", "")
        assert not re.findall(r"https?:|wss?://|[\"'(]//\w", text), path


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_scripts_write_text_and_never_markup_or_code(path: Path) -> None:
    markup = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|srcdoc"
    code = r"\beval\b|new Function|importScripts|set(Timeout|Interval)\([\"'`]|localStorage|sessionStorage"
    assert not re.findall(f"{markup}|{code}", path.read_text())


@pytest.mark.parametrize("path", ELEMENTS, ids=name)
def test_an_element_is_a_small_file_that_bears_its_tag(path: Path) -> None:
    text = path.read_text()
    assert f"customElements.define('{path.stem}'" in text
    assert text.startswith(f"/* <{path.stem}")
    assert len(text.splitlines()) <= 80


def test_every_element_of_a_page_is_there_and_every_element_is_on_a_page() -> None:
    """A page loads the file of each tag that it has; see `app.js`."""
    tags = {path.stem for path in ELEMENTS}
    assert set(re.findall(r"<([a-z]+-[a-z-]+)[\s>]", PAGES)) == tags


def test_what_files_ask_for_is_there() -> None:
    asked = [
        (path, found) for path in SCRIPTS for found in re.findall(r"(?:from|import) '(\.[^']+)'", path.read_text())
    ]
    asked += [
        (path, found) for path in STYLES for found in re.findall(r"(?:url\(|@import )\"([^\"]+)\"", path.read_text())
    ]
    assert len(asked) > 20
    for path, found in asked:
        assert (path.parent / found).is_file(), f"{path.name} asks for {found}"


def test_every_icon_of_a_page_is_drawn() -> None:
    marks = (TEMPLATES / "parts" / "marks.html").read_text()
    drawn = set(re.findall(r"^  '(\w+)': '", marks, re.MULTILINE))
    assert set(re.findall(r"\bicon\([\"'](\w+)[\"']\)", PAGES)) <= drawn


def test_the_font_brings_its_licence() -> None:
    assert {path.suffix for path in (STATIC / "fonts").iterdir()} == {".woff2", ".txt"}
    assert "SIL OPEN FONT LICENSE" in (STATIC / "fonts" / "OFL.txt").read_text().upper()


def test_styles_use_the_tokens_there_are() -> None:
    style = "".join(path.read_text() for path in STYLES)
    own = {"--hue", "--hue-text", "--hue-wash", "--on-hue", "--fabric", "--shape"}
    made, used = set(re.findall(r"(--[\w-]+):", style)), set(re.findall(r"var\((--[\w-]+)", style))
    assert used <= made
    assert made - used <= own
    assert not re.findall(
        r"#[0-9a-f]{3,8}\b|oklch|rgb", "".join(path.read_text() for path in STYLES if path.name != "tokens.css")
    )


def test_the_halves_open_from_where_they_stood_while_sealed() -> None:
    """Mine stands higher while sealed, as `mark()` draws it: it comes down, and the other's comes up."""
    style, marks = ((STATIC / "css" / "adapt.css").read_text(), (TEMPLATES / "parts" / "marks.html").read_text())
    for who, sign in (("me", "-"), ("you", "+")):
        assert f'<path class="half {who} ' in marks
        assert re.search(rf'class="half {who} [^>]*? d="M[\d.]+ {{{{ 5 (.) shift }}}}', marks)[1] == sign  # type: ignore[index]
        (moves,) = re.findall(rf"\.half\.{who} {{ animation: (\w+)", style)
        (across, down) = re.findall(rf"@keyframes {moves} {{ from {{ translate: (-?)\d+px (-?)\d+px", style)[0]
        assert across == down == ("-" if sign == "-" else "")


# The figures of docs/design.md


def test_the_palette_of_the_document_is_that_of_the_style() -> None:
    rows = re.findall(r"^\| ([\w-]+) \| ([\d. ]+) \| `(#\w+)` \| ([\d. ]+) \| `(#\w+)` \|", DESIGN, re.MULTILINE)
    assert len(rows) > 20
    for role, day, day_hex, night, night_hex in rows:
        assert (day_hex, night_hex) == colours(role), role
        assert (from_oklch(day), from_oklch(night)) == (day_hex, night_hex), role


def test_older_browsers_get_the_day() -> None:
    fallback = TOKENS.split("@supports not")[1]
    for role, value in re.findall(r"--([\w-]+): (#\w+);", fallback):
        assert value == ("#fff" if role == "paper" else colours(role)[0]), role
    switched = set(re.findall(r"--([\w-]+): light-dark", TOKENS.split("@supports not")[0]))
    assert switched == set(re.findall(r"--([\w-]+): #", fallback))


def test_every_pair_of_colours_has_the_contrast_it_needs_and_is_told() -> None:
    rows = re.findall(r"^\| ([\w-]+) on ([\w-]+) \| ([\d.]+)( \*)? \| ([\d.]+) \| ([\d.]+) \|$", DESIGN, re.MULTILINE)
    assert len(rows) > 25
    for upper, lower, need, excused, *told in rows:
        found = [contrast(*pair) for pair in zip(colours(upper), colours(lower), strict=True)]
        assert [f"{ratio:.1f}" for ratio in found] == told, f"{upper} on {lower}"
        assert excused or min(found) >= float(need), f"{upper} on {lower}"


def colours(role: str) -> tuple[str, str]:
    """The hex of a token by day and by night."""
    (value,) = re.findall(rf"^    --{role}: ([^;]+);", TOKENS.split("@supports not")[0], re.MULTILINE)
    if alias := re.fullmatch(r"var\(--([\w-]+)\)", value):
        return colours(alias[1])
    both = re.findall(r"#\w+", value)
    day, night = (f"#{''.join(c * 2 for c in each[1:])}" if len(each) == 4 else each for each in (both[0], both[-1]))
    return day, night


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2."""
    darker, lighter = sorted(map(luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(hex_: str) -> float:
    parts = [int(hex_[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def from_oklch(text: str) -> str:
    """`"96.6 0.012 112"` as hex, by Björn Ottosson's matrices."""
    lightness, chroma, hue = map(float, text.split())
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    cones = [
        (lightness / 100 + x * a + y * b) ** 3
        for x, y in ((0.3963377774, 0.2158037573), (-0.1055613458, -0.0638541728), (-0.0894841775, -1.2914855480))
    ]
    rows = (
        (4.0767416621, -3.3077115913, 0.2309699292),
        (-1.2684380046, 2.6097574011, -0.3413193965),
        (-0.0041960863, -0.7034186147, 1.7076147010),
    )
    linear = [sum(x * y for x, y in zip(row, cones, strict=True)) for row in rows]
    shown = [12.92 * v if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055 for v in linear]
    return "#" + "".join(f"{round(255 * min(max(v, 0), 1)):02x}" for v in shown)


# The scripts, tried by Node


def test_the_scripts_do_what_they_say() -> None:
    tests = sorted(map(str, (ROOT / "tests" / "js").glob("*.test.mjs")))
    done = subprocess.run([find_node(), "--test", *tests], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, "\n".join(chain(done.stdout.splitlines()[-80:], done.stderr.splitlines()[-20:]))
