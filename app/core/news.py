"""News: a lower floor tells what happened, in the transaction in which it does, without knowing who wants to hear."""

from collections.abc import Callable
from typing import Generic, ParamSpec

Told = ParamSpec("Told")


class News(Generic[Told]):
    """One kind of thing that happens. Who wants to hear of it is said at the roof, where everything meets."""

    def __init__(self) -> None:
        self._hearers: list[Callable[Told, object]] = []

    def reach(self, hearer: Callable[Told, object]) -> None:
        """Let this one hear of it from now on; a second time changes nothing."""
        if hearer not in self._hearers:
            self._hearers.append(hearer)

    def tell(self, *args: Told.args, **kwargs: Told.kwargs) -> None:
        """It has happened. What a hearer raises ends the transaction, and so undoes what happened."""
        for hearer in self._hearers:
            hearer(*args, **kwargs)
