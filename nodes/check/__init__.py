"""The conformance checker: does a package of nodes keep to the rules that make it usable by others?

`wend node check PACKAGE`, or `python -m nodes.check PACKAGE`. With `--record` the latter writes down what is published
now, against which later changes are judged.
"""

from nodes.check.finding import Finding, Subject
from nodes.check.packages import check_package, record_package
from nodes.check.rules import RULES

__all__ = ["RULES", "Finding", "Subject", "check_package", "record_package"]
