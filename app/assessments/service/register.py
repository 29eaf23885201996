"""Who says whether a couple has a therapist: nobody, until the roof lets somebody."""

from collections.abc import Callable


class Therapists:
    """Who knows whether a couple has a therapist. Nobody does until the roof says so, and then no page offers one."""

    def __init__(self) -> None:
        self._asked: list[Callable[[str], bool]] = []

    def ask(self, known: Callable[[str], bool]) -> None:
        """Ask this one, too: couple id → whether a therapist is there for them now."""
        if known not in self._asked:
            self._asked.append(known)

    def forget(self, known: Callable[[str], bool]) -> None:
        """Ask this one no more."""
        self._asked.remove(known)

    def there_for(self, couple_id: str) -> bool:
        """Whether anybody says that there is one."""
        return any(known(couple_id) for known in self._asked)


therapists = Therapists()
"""The one register of this app."""
