"""Every text of a diagnostic, in one table: what is wrong, what to do, and why it matters.

`{node}` is the node as people see it, `{field}` the title of a field of its config. The texts go into the designer, the
command line and docs/diagnostics.md, which is made from this table.
"""

from typing import Literal, NamedTuple

Severity = Literal["error", "warning"]


class Message(NamedTuple):
    """One kind of diagnostic. `wrong` and `step` are templates; `why` is for the documentation."""

    severity: Severity
    wrong: str
    step: str
    why: str


def _error(wrong: str, step: str, why: str) -> Message:
    return Message("error", wrong, step, why)


def _warning(wrong: str, step: str, why: str) -> Message:
    return Message("warning", wrong, step, why)


DOCUMENT = {
    "document-unreadable": _error(
        "The document cannot be read at {place}: {detail}.",
        "{step}",
        "A document with a misspelt or wrongly typed part would be understood in another way than it was meant.",
    ),
    "document-not-upgraded": _error(
        "{detail}",
        "{fix}",
        "Documents of older shapes are brought to the newest one; a newer or damaged one cannot be.",
    ),
    "too-many-nodes": _error(
        "The flowchart has {count} nodes, more than {limit}.",
        "Split it into several journeys.",
        "A bound keeps checking, publishing and drawing quick for everybody.",
    ),
    "too-many-edges": _error(
        "The flowchart has {count} connections, more than {limit}.",
        "Split it into several journeys.",
        "A bound keeps checking, publishing and drawing quick for everybody.",
    ),
    "too-many-contents": _error(
        "The flowchart has {count} {kind}, more than {limit}.",
        "Remove those that it does not use, or keep them in the library.",
        "A bound keeps checking, publishing and drawing quick for everybody.",
    ),
    "nested-too-deeply": _error(
        "{place} is nested more than {limit} levels deep.",
        "Keep its values nearer the top.",
        "Values nested without end can exhaust the memory of whoever reads them.",
    ),
    "not-storable": _error(
        "{place} holds a value that cannot be stored: {detail}.",
        "Replace it.",
        "Databases store no NUL characters and no halves of characters, and JSON knows no infinite numbers.",
    ),
    "bad-id": _error(
        "The id {id} of a {kind} cannot be used.",
        "Use 1 to 64 letters, digits, dashes and underscores, beginning with a letter or digit.",
        "Ids stand in addresses, histories and reports; some texts mean something else there.",
    ),
    "name-too-long": _error(
        "The name of {node} has {count} characters, more than {limit}.",
        "Shorten it, and keep longer words in the note.",
        "Names stand on the canvas, in timelines and in reports.",
    ),
}

DRAWING = {
    "no-trigger": _error(
        "The journey has no trigger, so nobody can enter it.",
        "Add a trigger, for example a campaign, and connect it to the first node.",
        "A trigger says who enters a journey, and when.",
    ),
    "same-trigger-twice": _error(
        "{node} and {other} let in the same contacts for the same reason.",
        "Remove one of the two, or set them apart.",
        "Of two equal triggers it would be chance by which one a contact enters.",
    ),
    "unreachable": _error(
        "Nobody can come to {node}{more}: no path leads there from a trigger or a goal.",
        "Connect it, or remove it.",
        "A node that nobody reaches is a message that nobody gets.",
    ),
    "open-port": _error(
        'The way out "{port}" of {node} leads nowhere.',
        "Connect it to the next node, or to an exit.",
        "Everybody who leaves by a way out must arrive somewhere.",
    ),
    "edge-without-node": _error(
        "The connection {connection}{beside} {end} a node {other}, which does not exist.",
        "Remove the connection, or draw it anew.",
        "A connection to nowhere usually means that a node was lost in copying.",
    ),
    "edge-without-port": _error(
        'The connection {connection} leaves {node} by a way out "{port}" that it does not have.',
        "Connect one of its ways out: {known}.",
        "Nobody would ever follow this connection.",
    ),
    "port-twice": _error(
        'The way out "{port}" of {node} leads to two nodes: {first} and {second}.',
        "Remove one connection, or put a Parallel node between.",
        "A way out leads to one node; to do two things at once is what Parallel is for.",
    ),
    "edge-into-start": _error(
        "The connection {connection} leads into {node}, where contacts only begin.",
        "Connect it to the node that follows instead.",
        "Triggers and goals have no way in.",
    ),
    "port-repeated": _error(
        'Two ways out of {node} are called "{port}".',
        "Give each a key of its own.",
        "A connection could not tell one from the other.",
    ),
    "bad-port": _error(
        "The way out {port} of {node} has a key that cannot be used.",
        "Use 1 to 64 letters, digits, dashes and underscores, beginning with a letter or digit.",
        "Keys of ways out stand in reports and may be the result with which a contact ends.",
    ),
    "too-few-ports": _error(
        "{node} has only {count} of the at least {limit} ways out that it needs.",
        "Add another in {field}, or remove the node.",
        "A split with one way out splits nobody.",
    ),
    "port-never-taken": _warning(
        'Nobody leaves {node} by "{port}": it waits without a limit.',
        "Set a limit in {field}, or remove the connection.",
        "What is connected there would never be run.",
    ),
    "loop-without-rest": _error(
        "The loop through {nodes} has no rest that stops everybody, so a contact could run through it without end.",
        "Put a delay into it, or a wait that counts events from its own beginning.",
        "A loop without a rest would run for ever, in an instant. A date, a send window, or a wait since an earlier "
        "moment may be over at once.",
    ),
    "repeat-without-rest": _error(
        "The loop through {nodes} repeats without any rest in it.",
        "Put a delay or a wait into it.",
        "All repetitions would happen in the same instant.",
    ),
    "too-many-steps": _error(
        "From {node} on contacts go through {count} nodes without any rest, more than {limit}.",
        "Put a delay or a wait among them.",
        "Nobody makes more steps at once; whoever does is taken for lost in a loop and is parked.",
    ),
    "fork-in-own-branch": _error(
        "A path from {node} leads back to where the parallel paths began.",
        "Let the parallel paths meet in a merge, and lead back from there.",
        "Each round would multiply the paths of a contact.",
    ),
    "fork-many-merges": _error(
        "The parallel paths of {node} end in different merges: {nodes}.",
        "Let them all lead to one merge, with a Parallel node of its own for each further merge.",
        "A merge must know for which paths it waits.",
    ),
    "merge-of-many-forks": _error(
        "{node} gathers the parallel paths of several nodes: {nodes}.",
        "Give each of them a merge of its own.",
        "A merge must know for which paths it waits.",
    ),
    "merge-without-fork": _error(
        "{node} has no parallel paths to gather.",
        "Remove it, or put a Parallel node before it. Paths that never run at once may meet in any node.",
        "A merge waits for the paths of the Parallel node before it.",
    ),
    "edge-into-branch": _error(
        "A connection from {other} leads to {node}, in the midst of parallel paths that it does not come from.",
        "Lead it to behind the merge, or to before the Parallel node.",
        "The merge would wait for paths that were never begun.",
    ),
    "branches-meet": _warning(
        "Parallel paths of {other} meet in {node} without a merge, so a contact runs it, and what follows, once for "
        "each path.",
        "Put a merge before it, unless it is meant that way.",
        "A message behind it would be sent once for each path.",
    ),
}

CONFIG = {
    "unknown-type": _error(
        '{node} is of a type "{type}" that no worker knows.',
        "Install the package that brings it, or use another node.{meant}",
        "The plan could not be run.",
    ),
    "unknown-version": _error(
        '{node} uses version {version} of "{type}", which no worker knows.',
        "Choose one of the known versions: {known}.",
        "The plan could not be run.",
    ),
    "config-missing": _error(
        "{node} needs {field}.",
        "Fill it in.",
        "The node cannot do its work without it.",
    ),
    "config-unknown": _error(
        "{node} has a field {field} that its type does not know.",
        "Remove it, or correct its name. Known are: {known}.",
        "A misspelt field would silently do nothing.",
    ),
    "config-invalid": _error(
        "{field} of {node} {what}.",
        "{do}",
        "The node could not do what is meant.",
    ),
    "weights": _error(
        "The weights of {node} leave nobody an arm to take: {detail}.",
        "Give each arm a weight of 0 or more, and at least one more than 0.",
        "An arm's share is its weight among all weights.",
    ),
    "date-passed": _warning(
        "The date {date} of {node} has passed, so that nobody waits there: {what}.",
        "Choose a later one, unless it is meant that way.",
        "A date in the past stops nobody.",
    ),
    "unknown-timezone": _error(
        "The journey's time zone {zone} is unknown.",
        "Choose a name of the IANA list, for example {meant}.",
        "Days and hours would mean something else on each machine.",
    ),
    "reentry-without-time": _error(
        "Contacts may enter again after a time, but the time is not set.",
        "Set it, for example 30 days.",
        "Without it nobody could tell whether a contact may enter again.",
    ),
    "reentry-time-unused": _warning(
        'The time after which contacts may enter again has no effect under the rule "{rule}".',
        'Choose the rule "after_time", or remove the time.',
        "The setting looks as if it did something.",
    ),
    "bad-holiday": _error(
        "The holiday {date} is no date.",
        'Write year, month and day, for example "2026-12-25".',
        "A day that cannot be read would be worked.",
    ),
    "too-many-holidays": _error(
        "The journey has {count} holidays, more than {limit}.",
        "Remove those that are past or far ahead.",
        "Every rest in a window is held against all of them.",
    ),
}

REFERENCES = {
    "unknown-template": _error(
        "The template {name} of {node} is neither in this journey nor in the library.",
        "Choose another, or write one of this name.{meant}",
        "There would be nothing to send.",
    ),
    "template-channel": _error(
        "The template {name} of {node} is written for {written}, but is sent by {channel}.",
        "Choose a template for {channel}.",
        "An email has a subject and a layout, a text message has neither.",
    ),
    "message-without-text": _error(
        "The template {name} of {node} has no {part}.",
        "Write it.",
        "An empty message costs trust, and often money.",
    ),
    "template-problem": _error(
        "The {part} of the template {name}, used by {node}, is not right: {what}.",
        "{do}",
        "The message could not be written for anybody.",
    ),
    "unknown-variable": _error(
        "The {part} of the template {name}, used by {node}, reads something unknown: {what}.",
        "{do}",
        "The message could not be written for anybody.",
    ),
    "variable-too-early": _error(
        "The {part} of the template {name}, used by {node}, reads {variable}, which no node before it provides.",
        "{step}",
        "The message could not be written for anybody.",
    ),
    "variable-never": _error(
        "The {part} of the template {name}, used by {node}, reads {variable}, which {what}.",
        "{step}",
        "The message could not be written for anybody.",
    ),
    "variable-not-always": _warning(
        "The {part} of the template {name}, used by {node}, reads {variable}, which is not always there: {what}.",
        "{step}",
        "The message could not be written for these contacts, who would be parked.",
    ),
    "field-problem": _error(
        "What stands in {node} is not right: {what}.",
        "{do}",
        "The value could not be made for anybody.",
    ),
    "field-unknown-variable": _error(
        "What stands in {node} reads something unknown: {what}.",
        "{do}",
        "The value could not be made for anybody.",
    ),
    "field-variable-too-early": _error(
        "What stands in {node} reads {variable}, which no node before it provides.",
        "{step}",
        "The value could not be made for anybody.",
    ),
    "field-variable-never": _error(
        "What stands in {node} reads {variable}, which {what}.",
        "{step}",
        "The value could not be made for anybody.",
    ),
    "field-variable-not-always": _warning(
        "What stands in {node} reads {variable}, which is not always there: {what}.",
        "{step}",
        "The value could not be made for these contacts, who would be parked.",
    ),
    "unknown-promotion": _error(
        "The promotion {name} of {node} is neither in this journey nor in the library.",
        "Choose another, or add one of this name.{meant}",
        "Nobody could tell what is offered.",
    ),
    "promotion-dates": _error(
        "The promotion {name} of {node} has dates that make no sense: {detail}.",
        'Write dates such as "2026-12-24T18:00:00Z", the end after the start.',
        "Nobody could use the offer.",
    ),
    "promotion-over": _warning(
        "The promotion {name} of {node} ended on {date}.",
        "Choose a later end, or another promotion.",
        "Nobody could use the offer.",
    ),
    "unknown-segment": _error(
        "The segment {name} of {node} does not exist.",
        "Choose another, or make one of this name.{meant}",
        "Nobody would ever be in it.",
    ),
    "empty-segment": _warning(
        "The segment {name} of {node} is empty.",
        "Check what fills it, unless contacts come later.",
        "At the moment nobody would take that path.",
    ),
    "segment-not-followed": _warning(
        "{node} waits for contacts to come into the segment {name} or leave it, and a condition tells nobody who does.",
        "Use the event or the tag that brings them there, or start a campaign with the segment.",
        "Who fits a condition is found out when somebody asks, as a campaign does at its start; no contact enters here.",
    ),
    "unknown-tag": _warning(
        "No contact has the tag {name} of {node}, and nothing in this journey gives it.",
        "Check its spelling.{meant}",
        "At the moment nobody would take that path.",
    ),
    "no-account": _error(
        "There is no account to send {channel} by, which {node} needs.",
        "Add an account for {channel}, or use another channel.",
        "No message could leave.",
    ),
    "unknown-account": _error(
        "The account {name} of {node} {what}.",
        "Choose another account.{meant}",
        "No message could leave.",
    ),
    "unknown-node": _error(
        "{field} of {node} names a node {name}, which does not exist.",
        "Choose a node of this journey.",
        "It usually means that the node was removed or renamed.",
    ),
}

ORDER = {
    "not-a-message": _error(
        "{node} waits for what contacts do with a message, but {other} sends none.",
        "Choose a node that sends a message.",
        "Nobody can open what was never sent.",
    ),
    "message-not-sent-before": _error(
        "{node} waits for what contacts do with the message of {other}, but no path leads from there to it.",
        "Put {other} before it, or choose another message.",
        "Nobody can open what was never sent.",
    ),
    "message-not-always-sent": _warning(
        "Some contacts come to {node} without having passed {other}, whose message it asks about.",
        "Move it to where everybody has passed {other}, unless it is meant that way.",
        "These contacts would wait in vain.",
    ),
    "never-engaged": _error(
        "{node} waits until the message of {other} is {what}, which nobody can tell of {channel}.",
        "Ask for something else, for example a click.",
        "Such an event never comes.",
    ),
    "anchor-not-before": _error(
        "{node} counts from when contacts left {other}, but no path leads from there to it.",
        "Choose a node that comes before it, or the entry.",
        "There would be no moment to count from.",
    ),
    "anchor-not-always": _warning(
        "Some contacts come to {node} without having passed {other}, from which it counts.",
        "Choose a node that everybody has passed, unless it is meant that way.",
        "For these contacts it counts from their arrival, or from their entry.",
    ),
    "wait-never-ends": _error(
        "{node} waits for nothing: it has neither an event nor a limit.",
        "Add an event to wait for, or set a limit in {field}.",
        "Whoever arrives there would stay for ever.",
    ),
    "wait-without-limit": _warning(
        "{node} waits without a limit, and no goal is left to end it: who never does it stays there for ever.",
        "Set a limit in {field}, for example 7 days.",
        "Contacts who stay inside are counted as under way, and may not enter again.",
    ),
    "asks-about-event": _error(
        "{node} asks about {name}, but what it asks must be known of the contact at any time.",
        'Ask with "did" how often the event happened, or filter where the event is waited for.',
        "When a contact comes there, no event is at hand.",
    ),
    "filter-sees-only-event": _error(
        "{field} of {node} asks about {what}, but where an event is waited for, only the event itself is seen.",
        "Ask about fields of the event (event.…), and about the rest in a condition behind it.",
        "The filter would never fit, so nobody would take that path.",
    ),
    "filter-without-moment": _error(
        "{field} of {node} counts since a moment of this journey, which has not begun there.",
        "Count within a time instead, for example within 30 days.",
        "Whoever is about to enter has no entry yet to count from.",
    ),
    "asks-about-nothing": _error(
        "{node} asks what has happened since the contact arrived there, when nothing can have.",
        "Count from the entry or from a node before it, or set a time to wait.",
        "The answer would always be no.",
    ),
    "condition-too-early": _warning(
        'The condition of {node} asks about "{event}", but what causes it here, {other}, comes later.',
        "Move it behind {other}, unless it is about earlier journeys.",
        "A condition is asked when a contact comes to it; what happens later does not change the answer.",
    ),
    "wait-too-early": _warning(
        '{node} waits for "{event}", but what causes it here, {other}, comes later.',
        "Move it behind {other}, unless it is about earlier journeys.",
        "Contacts who wait there do not come to what they wait for.",
    ),
    "asked-before-given": _warning(
        "{node} asks for {what}, but what gives it here, {other}, comes later.",
        "Move it behind {other}, unless it comes from elsewhere too, such as an import or another journey.",
        "A condition is asked when a contact comes to it; what is given later does not change the answer.",
    ),
}

MESSAGES: dict[str, Message] = {**DOCUMENT, **DRAWING, **CONFIG, **REFERENCES, **ORDER}

SECTIONS = {
    "The document": DOCUMENT,
    "The drawing": DRAWING,
    "Configs and settings": CONFIG,
    "What configs refer to": REFERENCES,
    "What comes before what": ORDER,
}
