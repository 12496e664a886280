"""Parallel paths: which drawings hold together, and what the plan makes of them: on examples that are searched for."""

from tests.unit.flow.drawing import codes, draw


def test_forks_nested_three_hundred_deep_are_understood() -> None:
    """Depth costs no recursion."""
    lines = ["in:campaign -> p0:parallel"]
    for i in range(300):
        inner = f"p{i + 1}:parallel" if i < 299 else "n:note"
        lines += [f"p{i} -a-> {inner}", f"p{i} -b-> m{i}:merge"]
        lines += [f"m{i} -> {f'm{i - 1}' if i else 'out:exit'}"]
    lines.append("n -> m299")

    assert codes(draw("\n".join(lines))) == []
