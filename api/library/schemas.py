"""The shapes of the library."""

from pydantic import Field

from api.shapes import Instant, Shape
from engine.flow.document import Promotion, Template


class TemplateFault(Shape):
    """What is wrong with one part of a template. It may be saved so; a journey that names it cannot be published."""

    part: str
    code: str
    message: str


class TemplateOut(Shape):
    """A template of the library."""

    name: str
    content: Template
    updated_at: Instant
    faults: list[TemplateFault]
    variables: list[str] = Field(description="What it reads, as dotted names.")


class PromotionOut(Shape):
    """A promotion of the library."""

    name: str
    content: Promotion
    updated_at: Instant
