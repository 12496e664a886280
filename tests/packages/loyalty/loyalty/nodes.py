"""Points are given; who has many leaves by another port."""

from typing import Annotated, Literal

from wend import Context, Field, Result, node, ui

_SHARE_OF_GOLD = 2


class Points:
    """What is given."""

    points: int = Field(default=10, title="Points", description="How many are given.", ge=1, le=1000)
    level: Literal["silver", "gold"] = Field(
        default="silver", title="Level", description="Gold members get twice as many."
    )
    reason: Annotated[str, ui(widget="textarea", rows=2)] = Field(
        title="Reason", description="What the points are for.", min_length=1, max_length=200
    )


@node(
    "loyalty.give_points",
    version=1,
    family="act",
    ports={"given": "Given", "plenty?": "Has plenty already"},
    effect="none",
    icon="piggy-bank",
    label="Give loyalty points",
    summary="Give {points} points",
    synonyms=["bonus", "reward"],
)
async def give_points(ctx: Context, cfg: Points) -> str | Result:
    """Give points for something that the contact did."""
    if ctx.contact.plenty:
        return "plenty"
    share = _SHARE_OF_GOLD if cfg.level == "gold" else 1
    return Result("given", {"points": cfg.points * share})


class Card:
    """What stands on the card."""

    greeting: Annotated[str, ui(widget="text", template=True)] = Field(
        title="Greeting", description="The first line.", min_length=1, max_length=200
    )
    letter: Annotated[str, ui(widget="textarea", rows=4, template=True)] = Field(
        default="", title="Letter", description="What stands below it.", max_length=2000
    )
    signature: Annotated[str, ui(widget="text")] = Field(
        default="Your shop",
        title="Signature",
        description="Who signs; empty where nobody does.",
        max_length=80,
    )


@node(
    "loyalty.write_card",
    version=1,
    family="act",
    ports={"written": "Written"},
    effect="none",
    icon="mail-open",
    label="Write a card",
    summary="Write {greeting}",
)
async def write_card(ctx: Context, cfg: Card) -> str:
    """Write a card to the contact."""
    ctx.render(cfg.greeting, "line")
    ctx.render(cfg.letter)
    return "written"
