"""What all shapes have in common."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_dump


class Part(Schema):
    """The base of all shapes."""

    class Meta:
        """Others say more than is of use here."""

        unknown = EXCLUDE

    @post_dump
    def without_gaps(self, data: dict[str, Any], **_others: Any) -> dict[str, Any]:
        """What is not there is left out: FHIR knows no null."""
        return {name: value for name, value in data.items() if value is not None}


class Decimal(fields.Float):
    """A number; a whole one is written as such."""

    def _serialize(self, value: Any, *_args: Any, **_kwargs: Any) -> float | None:
        return None if value is None else int(value) if float(value).is_integer() else float(value)
