"""Loading without pauses: what the app is made of is here to stay, so there is nothing in it for a garbage collector.

To be imported before all else. It would look through everything a dozen times, which takes a tenth of a start.
"""

import gc

_collects = gc.isenabled()
gc.disable()


def done() -> None:
    """All is loaded. What is there by now is looked at no more; `serving.settle` looks once, in what lives long."""
    gc.freeze()
    if _collects:
        gc.enable()
