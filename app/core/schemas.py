"""What every part of the JSON API has in common."""

from marshmallow import RAISE, Schema, fields


class Whole(Schema):
    """The base of all that goes out as JSON: nothing that is not declared, and nothing declared left out."""

    class Meta:
        """What is not declared is not there."""

        unknown = RAISE


class Refusal(Whole):
    """Why there is no answer."""

    status = fields.Integer(required=True, metadata={"description": "The status, once more."})
    message = fields.String(required=True, metadata={"description": "What happened, in a sentence for a person."})
