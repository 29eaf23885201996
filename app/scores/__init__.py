"""How attuned each felt, week by week, from their own ratings alone: one number with its band, or that it is too early.

Nobody's number can be worked out by the other, unless both have opened theirs to each other.
"""
