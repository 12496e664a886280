"""The kit that nodes are written with. Authors outside the house import `wend`, which gives them what they need."""

from pydantic import Field

from nodes.sdk.answers import NeedsPerson, Result, TryAgain, Unknown
from nodes.sdk.context import Context
from nodes.sdk.definition import NodeType, declare, node
from nodes.sdk.ui import ui
from nodes.sdk.words import beside

__all__ = [
    "Context",
    "Field",
    "NeedsPerson",
    "NodeType",
    "Result",
    "TryAgain",
    "Unknown",
    "beside",
    "declare",
    "node",
    "ui",
]
