"""The page to read in an export: everything of one person, in order, for eyes alone.

It is kept for years and opened from a folder, so that it holds all it needs, its typeface too, and asks for nothing.
"""

import re
from base64 import b64encode
from datetime import date, datetime
from typing import Any

from flask import current_app, render_template

from app.exercises import service as exercises
from app.pwa import Shelf
from app.therapist import service as therapist


def page(found: dict[str, Any]) -> str:
    """What `export.gather` found, as HTML."""
    sides = [each["side"] for each in found["memberships"]]
    return render_template(
        "data_rights/readable.html",
        found=found,
        side=sides[-1] if sides else "neither",
        text_of=_texts(),
        name_of=therapist.name_of,
        on=date.fromisoformat,
        at=datetime.fromisoformat,
        tokens=_tokens(),
    )


def _texts() -> dict[str, str]:
    """The words that stand for what was chosen from a list."""
    found: dict[str, str] = {}
    for exercise in exercises.catalogue().exercises.values():
        found |= {need.id: need.text for need in exercise.needs}
        found |= {word.id: word.text for family in exercise.families for word in family.words}
    return found


def _tokens() -> str:
    """The sheet of colours, sizes and plain elements, with the typeface in it instead of its address."""
    shelf: Shelf = current_app.extensions["pwa"]
    sheet = shelf.files["css/tokens.css"].body.decode()

    def laid_in(address: re.Match[str]) -> str:
        face = shelf.files[address[1]]
        return f"url(data:{face.kind};base64,{b64encode(face.body).decode()})"

    return re.sub(r'url\("\.\./([^"]+)"\)', laid_in, sheet)
