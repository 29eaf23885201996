"""What partners do with prompts. Nothing here commits, asks the time, or knows of HTTP."""

from app.exercises.service.besides import (
    Besides,
    Giver,
    Span,
    besides,
    besides_at_hand,
    let_give,
    of_day,
    page_opened,
    wanted_of,
)
from app.exercises.service.doing import did_of
from app.exercises.service.drafts import Draft, draft_of, keep_former, keep_held, save_draft
from app.exercises.service.former import Former, erase_former, former_drafts, former_words
from app.exercises.service.journal import (
    appreciations,
    exchanges_of,
    exchanges_with,
    known_map,
)
from app.exercises.service.looking import exchange_for, today_of
from app.exercises.service.practice import HEARD_OUT, done_of, guesses_of
from app.exercises.service.prompts import (
    SetAsideTooOften,
    catalogue,
    ensure_prompts,
    plan_of,
    planned,
    prompt_for,
    set_aside,
    set_plan,
)
from app.exercises.service.ratings import RATED, Rated, former_erased, rating_changed, ratings_of
from app.exercises.service.responses import (
    AlreadyOpen,
    NotAnswerable,
    amend,
    discard,
    keep_waiting,
    mark,
    note_closed,
    note_opening,
    release,
    submit_response,
)
from app.exercises.service.saying import Said, Spoken, said, turns_of
from app.exercises.service.turns import NotYourTurn, take_turn, taken_already
from app.exercises.service.unfinished import open_today, prompt_of, still_unseen

__all__ = [
    "HEARD_OUT",
    "RATED",
    "AlreadyOpen",
    "Besides",
    "Draft",
    "Former",
    "Giver",
    "NotAnswerable",
    "NotYourTurn",
    "Rated",
    "Said",
    "SetAsideTooOften",
    "Span",
    "Spoken",
    "amend",
    "appreciations",
    "besides",
    "besides_at_hand",
    "catalogue",
    "did_of",
    "discard",
    "done_of",
    "draft_of",
    "ensure_prompts",
    "erase_former",
    "exchange_for",
    "exchanges_of",
    "exchanges_with",
    "former_drafts",
    "former_erased",
    "former_words",
    "guesses_of",
    "keep_former",
    "keep_held",
    "keep_waiting",
    "known_map",
    "let_give",
    "mark",
    "note_closed",
    "note_opening",
    "of_day",
    "open_today",
    "page_opened",
    "plan_of",
    "planned",
    "prompt_for",
    "prompt_of",
    "rating_changed",
    "ratings_of",
    "release",
    "said",
    "save_draft",
    "set_aside",
    "set_plan",
    "still_unseen",
    "submit_response",
    "take_turn",
    "taken_already",
    "today_of",
    "turns_of",
    "wanted_of",
]
