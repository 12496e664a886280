"""A wait for what a contact does with a message comes after the node that sends it."""

from collections.abc import Iterator

from engine.flow.contract import Engagement, Goal
from engine.flow.diagnostic import Diagnostic, Patch, channel_name, diagnostic, pointer, quoted
from engine.flow.resolve import Resolved, ResolvedNode
from engine.flow.world import World

_UNKNOWABLE = {("sms", "opened")}


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find waits and goals whose message does not exist, is not sent before, or cannot be what is asked."""
    for node in resolved.nodes.values():
        match node.contract:
            case Engagement() as wait:
                sender = resolved.nodes.get(wait.message)
                yield from _sender(resolved, node, "message", wait.message)
                if sender is not None and sender.manifest is not None and sender.manifest.sends:
                    yield from _order(resolved, node, sender)
                    if (sender.manifest.sends, wait.what) in _UNKNOWABLE:
                        yield diagnostic(
                            "never-engaged",
                            node,
                            field="what",
                            other=sender,
                            channel=channel_name(sender.manifest.sends),
                            what=wait.what,
                        )
            case Goal(message_of=str() as name) as goal:
                yield from _sender(resolved, node, "message_of", name)
                yield from _goal(resolved, node, goal)


def _sender(resolved: Resolved, node: ResolvedNode, field: str, name: str) -> Iterator[Diagnostic]:
    sender = resolved.nodes.get(name)
    if sender is None:
        yield diagnostic(
            "unknown-node", node, field=field, name=quoted(name), patch=_only_sender(resolved, node, field)
        )
    elif sender.manifest is not None and sender.manifest.sends is None:
        yield diagnostic(
            "not-a-message", node, field=field, other=sender, patch=_only_sender(resolved, node, field)
        )


def _goal(resolved: Resolved, node: ResolvedNode, goal: Goal) -> Iterator[Diagnostic]:
    """A goal none of whose events can ever be told of its message."""
    sender = resolved.nodes.get(goal.message_of or "")
    channel = sender.manifest.sends if sender is not None and sender.manifest is not None else None
    asked = [pick.event.removeprefix("message.") for pick in goal.events]
    if channel is not None and asked and all((channel, what) in _UNKNOWABLE for what in asked):
        yield diagnostic(
            "never-engaged",
            node,
            field="events.0.event",
            other=sender,
            channel=channel_name(channel),
            what=asked[0],
        )


def _order(resolved: Resolved, node: ResolvedNode, sender: ResolvedNode) -> Iterator[Diagnostic]:
    if node.id not in resolved.graph.reachable:
        return
    if not resolved.graph.precedes(sender.id, node.id):
        if resolved.behind_goal(node.id):
            return
        yield diagnostic(
            "message-not-sent-before",
            node,
            field="message",
            other=sender,
            patch=_only_sender(resolved, node, "message"),
        )
    elif not resolved.graph.always_precedes(sender.id, node.id):
        yield diagnostic("message-not-always-sent", node, field="message", other=sender)


def _only_sender(resolved: Resolved, node: ResolvedNode, field: str) -> list[Patch]:
    """The node that is surely meant: the only one before this that sends a message."""
    senders = resolved.graph.before_among(node.id, resolved.senders)
    if len(senders) != 1:
        return []
    return [Patch(op="add", path=pointer("nodes", node.id, "config", field), value=senders[0])]
