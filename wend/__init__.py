"""The front door: what the author of a node imports. The command line is in `wend.command`.

    from wend import Field, NeedsPerson, Result, TryAgain, Unknown, node, ui

`Context` is the type of a node's first parameter, for those who annotate it. How to write a node: docs/nodes.md.
"""

from nodes.sdk import Context, Field, NeedsPerson, Result, TryAgain, Unknown, node, ui

__all__ = ["Context", "Field", "NeedsPerson", "Result", "TryAgain", "Unknown", "node", "ui"]
