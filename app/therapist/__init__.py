"""The therapist: a guest of a couple, for as long as both want that, and for no more than both have said yes to."""
