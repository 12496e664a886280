"""The front door: what the author of a node imports. The command line is in `wend.command`.

    from wend import Field, NeedsPerson, Result, TryAgain, Unknown, node, ui

How to write a node: docs/nodes.md.
"""

from nodes.sdk import Field, NeedsPerson, Result, TryAgain, Unknown, node, ui

__all__ = ["Field", "NeedsPerson", "Result", "TryAgain", "Unknown", "node", "ui"]
