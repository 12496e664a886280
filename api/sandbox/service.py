"""What the sandbox's people do, brought in as a provider's webhooks would."""

from typing import Any

from api.house import House
from api.sandbox.schemas import ActIn, SandboxMessage
from engine.audience.events import Incoming
from engine.enrolment.ingest import ingest
from engine.store.ids import new_id


def act(house: House, received: SandboxMessage, done: ActIn) -> bool:
    """Record what the recipient did with a message. Gives whether it is new."""
    properties: dict[str, Any] = {
        name: value for name in ("url", "text") if (value := getattr(done, name)) is not None
    }
    # A message is opened or clicked once, but may be answered again and again.
    once = f"{received.send_key}/{done.act}"
    event = Incoming(
        message_id=f"{once}/{new_id()}" if done.act == "replied" else once,
        name=f"message.{done.act}",
        at=house.now(),
        contact=received.contact,
        send_key=received.send_key,
        properties=properties,
    )
    return ingest(house.runtime, [event], house.runtime.now()).recorded > 0
