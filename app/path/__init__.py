"""The path: eleven steps at a couple's own pace, what the two want of it, and the words they stand by at its end.

It suggests and never blocks: any step can be opened at any time, and where the two are on it is what they say.
"""
