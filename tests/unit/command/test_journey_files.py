"""What `wend check` and `wend publish` read: a file that somebody else's editor wrote."""

from pathlib import Path

import pytest

from wend.command.journeys import read_document


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_byte_order_mark_means_nothing(tmp_path: Path, encoding: str) -> None:
    """Editors on Windows write one at the beginning of a file."""
    file = tmp_path / "journey.json"
    file.write_text('{"name": "Città"}', encoding=encoding)

    assert read_document(file) == {"name": "Città"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            '{"a": 1}'.encode("utf-16"),
            "journey.json is not text in UTF-8: its byte 1 cannot be read. Save it in UTF-8.",
        ),
        (
            b"[" * 100_000,
            "journey.json is nested too deeply to be read. Keep its values nearer the top.",
        ),
        (
            b'{"a":\n  oops}',
            "journey.json is not JSON: Expecting value at line 2, column 3. Correct it there.",
        ),
        (b"[]", "journey.json holds no journey. It begins with {, and has nodes and edges."),
    ],
)
def test_a_file_that_is_no_document_is_told_by_its_name(tmp_path: Path, content: bytes, said: str) -> None:
    """The words name the file, the place where there is one, and the next step."""
    file = tmp_path / "journey.json"
    file.write_bytes(content)

    with pytest.raises(ValueError, match=r".") as refused:
        read_document(file)

    assert str(refused.value) == said
