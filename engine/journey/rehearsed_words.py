"""What happens on a way on, in words."""

from engine.flow.plan import Plan
from engine.journey.rehearsed import Choice
from engine.journey.traveller import Happening

_WITH_A_MESSAGE = {
    "message.opened": "Opens {}",
    "message.clicked": "Clicks a link in {}",
    "message.delivered": "Receives {}",
    "message.replied": "Replies to {}",
    "message.bounced": "{} comes back undelivered",
    "message.complained": "Reports {} as spam",
    "message.unsubscribed": "Unsubscribes from {}",
}
_BY_ITSELF = {
    "Product Viewed": "Looks at a product",
    "Product Added": "Puts a product into the cart",
    "Products Searched": "Searches for products",
    "Checkout Started": "Starts a checkout",
    "Order Completed": "Places an order",
    "Order Refunded": "Gets an order refunded",
    "Order Cancelled": "Cancels an order",
    "message.sent": "Is sent a message",
    "landing.visited": "Visits the landing page",
    "form.submitted": "Submits a form",
    "coupon.issued": "Gets a coupon",
    "coupon.redeemed": "Redeems a coupon",
    "tag.added": "Gets a tag",
    "tag.removed": "Loses a tag",
    "segment.entered": "Comes into a segment",
    "segment.left": "Leaves a segment",
}
_TELLING = ("tag", "segment", "code", "order_id", "product_id", "sku", "url", "path", "name", "text")


def on_the_way(choice: Choice, plan: Plan) -> str:
    """What happens for this way to be taken."""
    if choice.events:
        return " or ".join(dict.fromkeys(_doing(name, choice.message_of, plan) for name in _telling(choice)))
    return "Nothing more happens: the time passes" if choice.at is not None else "Goes on"


def happened(happening: Happening, node: str | None, plan: Plan) -> str:
    """An event, and what it was about."""
    said = [happening.properties.get(key) for key in _TELLING]
    known = next((value for value in said if isinstance(value, str)), "")
    return _doing(happening.name, node, plan) + (f": {known[:80]}" if known else "")


def _telling(choice: Choice) -> tuple[str, ...]:
    # A click proves that the message was opened; nobody would call it so who is asked whether it was.
    return ("message.opened",) if "message.opened" in choice.events else choice.events


def _doing(name: str, message_of: str | None, plan: Plan) -> str:
    about = None if message_of is None else plan.nodes.get(message_of)
    phrase = _WITH_A_MESSAGE.get(name)
    if phrase is not None:
        return phrase.format(f'"{about.label}"' if about is not None else "a message")
    return _BY_ITSELF.get(name, f'"{name}" happens')
