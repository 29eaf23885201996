"""The shapes of FHIR R4 that go out and come in, each with the fields that mean something here.

What comes in may hold much more, which is left aside; what goes out holds no empty field.
"""

# ruff: noqa: N815, PLW0108 - the names are FHIR's own, and a shape that holds itself is named before it is there

from marshmallow import fields, validate

from app.assessments.schemas.part import Decimal, Part


class Coding(Part):
    """A code with what it is called."""

    extension = fields.List(fields.Nested(lambda: Extension()))
    system = fields.String()
    code = fields.String()
    display = fields.String()


class Extension(Part):
    """Something that FHIR itself has no field for: one value, of any of these types."""

    url = fields.String(required=True)
    valueString = fields.String()
    valueCode = fields.String()
    valueBoolean = fields.Boolean()
    valueDecimal = Decimal()
    valueInteger = fields.Integer(strict=True)
    valueCoding = fields.Nested(lambda: Coding())


class Identifier(Part):
    """What something is known by, and to whom."""

    system = fields.String()
    value = fields.String()


class Reference(Part):
    """Who or what is meant."""

    reference = fields.String()
    identifier = fields.Nested(Identifier)


class CodeableConcept(Part):
    """A thing by its codes, and in words."""

    coding = fields.List(fields.Nested(Coding))
    text = fields.String()


class Include(Part):
    """Some entries of a value set."""

    concept = fields.List(fields.Nested(Coding))


class Compose(Part):
    """What a value set is made up of."""

    include = fields.List(fields.Nested(Include))


class ValueSet(Part):
    """Options that several items share. What else a form may contain comes through as this, and is empty."""

    id = fields.String()
    url = fields.String()
    compose = fields.Nested(Compose)


class AnswerOption(Part):
    """One option of an item."""

    extension = fields.List(fields.Nested(Extension))
    valueCoding = fields.Nested(Coding)
    valueInteger = fields.Integer(strict=True)


class FormItem(Part):
    """A question, a group of items, or a text between them."""

    linkId = fields.String(required=True)
    extension = fields.List(fields.Nested(Extension))
    text = fields.String()
    type = fields.String()
    required = fields.Boolean()
    readOnly = fields.Boolean()
    answerOption = fields.List(fields.Nested(AnswerOption))
    answerValueSet = fields.String()
    item = fields.List(fields.Nested(lambda: FormItem()))


class Questionnaire(Part):
    """An instrument."""

    resourceType = fields.String(required=True, validate=validate.Equal("Questionnaire"))
    id = fields.String()
    language = fields.String()
    contained = fields.List(fields.Nested(ValueSet))
    extension = fields.List(fields.Nested(Extension))
    url = fields.String()
    identifier = fields.List(fields.Nested(Identifier))
    version = fields.String()
    name = fields.String()
    title = fields.String()
    status = fields.String()
    subjectType = fields.List(fields.String())
    description = fields.String()
    copyright = fields.String()
    code = fields.List(fields.Nested(Coding))
    item = fields.List(fields.Nested(FormItem))


class Answer(Part):
    """What was chosen."""

    valueCoding = fields.Nested(Coding)


class ResponseItem(Part):
    """An item that was answered, or a group of such."""

    linkId = fields.String(required=True)
    text = fields.String()
    answer = fields.List(fields.Nested(Answer))
    item = fields.List(fields.Nested(lambda: ResponseItem()))


class QuestionnaireResponse(Part):
    """A sitting."""

    resourceType = fields.String(required=True, validate=validate.Equal("QuestionnaireResponse"))
    id = fields.String()
    extension = fields.List(fields.Nested(Extension))
    questionnaire = fields.String()
    status = fields.String(required=True)
    subject = fields.Nested(Reference)
    authored = fields.String()
    item = fields.List(fields.Nested(ResponseItem))


class Quantity(Part):
    """So many of something."""

    value = Decimal()
    unit = fields.String()
    system = fields.String()
    code = fields.String()


class Annotation(Part):
    """Something to know about a score."""

    text = fields.String(required=True)


class Range(Part):
    """Between which values a score lies, and what that says."""

    low = fields.Nested(Quantity)
    high = fields.Nested(Quantity)
    text = fields.String()


class Observation(Part):
    """A score."""

    resourceType = fields.String(required=True, validate=validate.Equal("Observation"))
    id = fields.String()
    status = fields.String(required=True)
    code = fields.Nested(CodeableConcept, required=True)
    subject = fields.Nested(Reference)
    effectiveDateTime = fields.String()
    valueQuantity = fields.Nested(Quantity)
    note = fields.List(fields.Nested(Annotation))
    referenceRange = fields.List(fields.Nested(Range))
    derivedFrom = fields.List(fields.Nested(Reference))
