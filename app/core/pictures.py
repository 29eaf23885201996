"""Pictures that a camera reads."""

from itertools import groupby

import segno


def picture(text: str) -> tuple[int, str]:
    """A QR code: how many cells a side has, and its dark cells as the path of an SVG."""
    matrix = segno.make(text, error="m", micro=False).matrix
    runs = []
    for y, row in enumerate(matrix):
        x = 0
        for dark, cells in groupby(row):
            length = len(list(cells))
            if dark:
                runs.append(f"M{x} {y}h{length}v1H{x}z")
            x += length
    return len(matrix), "".join(runs)
