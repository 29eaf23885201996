"""What a therapist looks at: their couples, one couple, a page before a session, and what can be taken along.

Made of what both partners allow at that instant, and of nothing else. Never a time of day, never a ranking of the two.
"""
