"""How ports are written in a decorator: `{"sent": "Sent", "no_number?": "No phone number"}`.

A question mark behind the key marks an optional port: left open, it ends the enrolment with the port's key as result.
"""

import re
from collections.abc import Iterable, Mapping

from engine.flow.manifest import Port
from nodes.sdk.faults import DefinitionError

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
Ports = Mapping[str, str] | Iterable[Port | str]
"""{key: label}, or a list of Port, or of keys whose labels stand in the node's words."""


def ports_of(node: str, written: Ports, labels: Mapping[str, str]) -> tuple[Port, ...]:
    """The ports in drawing order; `labels` (from the node's words) win over what the decorator says."""
    items = written.items() if isinstance(written, Mapping) else ((port, None) for port in written)
    made = tuple(_port(key, label, labels) for key, label in items)
    for port in made:
        if not KEY.fullmatch(port.key):
            raise DefinitionError(
                f'The port "{port.key}" of the node "{node}" is not a plain name. '
                "Write lower-case letters, digits and underscores, beginning with a letter."
            )
    doubled = {port.key for port in made if sum(other.key == port.key for other in made) > 1}
    if doubled:
        raise DefinitionError(
            f'The node "{node}" names the ports {sorted(doubled)} twice. Give each port a key of its own.'
        )
    strange = set(labels) - {port.key for port in made}
    if strange:
        raise DefinitionError(
            f'The words of the node "{node}" label ports that it does not have: {sorted(strange)}. '
            "Remove them, or declare the ports."
        )
    return made


def _port(written: Port | str, label: str | None, labels: Mapping[str, str]) -> Port:
    if isinstance(written, Port):
        return written.model_copy(update={"label": labels.get(written.key, written.label)})
    key = written.removesuffix("?")
    shown = labels.get(key) or label or key.replace("_", " ").capitalize()
    return Port(key=key, label=shown, required=not written.endswith("?"))
