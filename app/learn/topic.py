"""What a topic is, and the words for what it leads to. Knows no file, no clock and no database."""

from collections.abc import Mapping
from dataclasses import dataclass

EXERCISES = {
    "check_in": "Daily check-in",
    "appreciation": "Shared appreciation",
    "mirroring": "Mirroring",
    "love_map": "Love map",
    "heart_to_heart": "Heart to heart",
    "reading_the_signs": "Reading the signs",
    "mindful_presence": "Mindful presence",
    "happy_memories": "Happy memories",
    "appreciation_game": "The appreciation game",
    "doing_together": "Doing together",
    "mindful_listening": "Mindful listening",
}
"""What a topic may lead to, with the name that it has there: this floor cannot ask the exercises themselves."""


@dataclass(frozen=True, slots=True)
class Source:
    """Who found a thing out, where it stands, and in which year it came out."""

    who: str
    what: str
    year: int


@dataclass(frozen=True, slots=True)
class Topic:
    """A minute to read. `text` is plain, a paragraph or an item of a list each; `html` is the same as it is shown."""

    id: str
    title: str
    group: str
    place: int
    summary: str
    exercise: str
    """One of EXERCISES; "" where exercises for two would do harm, and help lines stand in their place."""
    neighbours: tuple[str, ...]
    sources: tuple[Source, ...]
    also_called: tuple[str, ...]
    text: tuple[str, ...]
    html: str

    @property
    def practice(self) -> str:
        """The name of the exercise, or ""."""
        return EXERCISES.get(self.exercise, "")


@dataclass(frozen=True, slots=True)
class Group:
    """Topics that belong together, in order. One that is not `paired` leads to no exercise for two."""

    id: str
    title: str
    summary: str
    paired: bool
    topics: tuple[Topic, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """All topics by id, the groups in which they stand, and the words after which help comes first."""

    topics: Mapping[str, Topic]
    groups: tuple[Group, ...]
    urgent_words: tuple[str, ...] = ()
    urgent_phrases: tuple[str, ...] = ()

    def group_of(self, topic: Topic) -> Group:
        """The group in which a topic stands."""
        return next(group for group in self.groups if group.id == topic.group)

    def around(self, topic: Topic) -> tuple[Topic | None, Topic | None]:
        """The topics before and after this one in its group."""
        topics = self.group_of(topic).topics
        place = topics.index(topic)
        return (topics[place - 1] if place else None), (topics[place + 1] if place + 1 < len(topics) else None)

    def neighbours_of(self, topic: Topic) -> list[Topic]:
        """The topics that this one leads to."""
        return [self.topics[name] for name in topic.neighbours]
