"""A therapist's own exercises: a guide in their own words, sealed under their key."""


def own_name(exercise: str, therapist_id: str, key: bytes) -> str:
    """What a therapist calls an exercise of their own, "" for any other."""
    return ""


def own_exercises(therapist_id: str, key: bytes) -> list[tuple[str, str]]:
    """(exercise, its name) for those of a therapist's own that can be given."""
    return []
