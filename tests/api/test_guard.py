"""Who may ask, and what every answer carries."""

from __future__ import annotations

import subprocess
import sys

import pytest
from fastapi import FastAPI

from api.__main__ import main
from api.errors import NotLoopback
from api.guard import check_address
from tests.api.driver import Api

SECRET = "ann@example.com"


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8000", "127.0.0.1", "127.0.0.1:8000", "[::1]", "[::1]:80"]
)
async def test_this_machine_is_answered(api: Api, host: str) -> None:
    """A request for this machine by any of its loopback names is served."""
    answer = await api.client.get("/v1/health", headers={"host": host})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "host",
    ["example.com", "localhost.example.com", "127.0.0.1.nip.io", "evil@localhost", "10.0.0.1", "0.0.0.0", "", "[::2]",
     "localhost:8000:1", "localhost,example.com"],
)  # fmt: skip
async def test_another_name_is_refused(api: Api, host: str) -> None:
    """A name of somebody else's that points here is refused, so that no stranger's page reads answers by it."""
    problem = await api.refused("GET", "/health", headers={"host": host})

    assert problem["type"] == "urn:wend:problem:not-this-machine"


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://example.com"}, {"origin": "null"}, {"origin": "http://localhost.example.com"},
     {"origin": "http://127.0.0.1.nip.io:8000"}, {"sec-fetch-site": "cross-site"}],
)  # fmt: skip
async def test_a_strangers_page_changes_nothing(api: Api, headers: dict[str, str]) -> None:
    """A browser that a stranger's page made send a change is refused."""
    problem = await api.refused("POST", "/journeys/17/stop", headers=headers)

    assert (problem["status"], problem["type"]) == (403, "urn:wend:problem:from-elsewhere")


@pytest.mark.parametrize("origin", ["http://localhost:5173", "http://127.0.0.1:8000", "http://[::1]"])
async def test_this_machines_pages_may_change_things(api: Api, origin: str) -> None:
    """The designer's own pages, in development on another port, are let through."""
    problem = await api.refused("POST", "/journeys/17/stop", headers={"origin": origin})

    assert problem["status"] == 404


async def test_every_answer_is_guarded(api: Api) -> None:
    """Good answers, refusals and unknown addresses alike tell browsers to keep them to themselves; none invites others."""
    for path in ("/v1/health", "/v1/journeys/17", "/nowhere", "/docs", "/openapi.json"):
        headers = (await api.client.get(path)).headers

        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["cache-control"]
        assert "access-control-allow-origin" not in headers
        assert "server" not in headers


async def test_preflights_are_not_granted(api: Api) -> None:
    """Other origins are granted nothing: there is no CORS."""
    answer = await api.client.options(
        "/v1/journeys", headers={"origin": "http://localhost:9", "access-control-request-method": "POST"}
    )

    assert answer.status_code == 405
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.com", "", "127.0.0.2"])
def test_nothing_but_loopback_is_listened_at(host: str) -> None:
    """The server refuses an address that others could reach, and says which it takes."""
    with pytest.raises(NotLoopback, match=r"Use 127\.0\.0\.1, ::1 or localhost"):
        check_address(host)
    assert main(["--host", host]) == 2


def test_the_refusal_is_told_at_the_command_line() -> None:
    """`python -m api --host 0.0.0.0` ends with a sentence, and no trace."""
    done = subprocess.run(
        [sys.executable, "-m", "api", "--host", "0.0.0.0"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr.startswith("Wend does not listen at")
    assert "Traceback" not in done.stderr


async def test_a_bug_tells_nothing_of_what_was_sent(
    app: FastAPI, api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    """An error that nobody foresaw is a problem document with a name that the log knows; its text stays nowhere."""

    def broken() -> None:
        raise RuntimeError(SECRET)

    app.add_api_route("/v1/broken", broken, include_in_schema=False)

    problem = await api.refused("GET", "/broken")

    assert (problem["status"], problem["type"]) == (500, "urn:wend:problem:bug")
    assert problem["instance"].removeprefix("urn:wend:failure:") in caplog.text
    assert "RuntimeError" in caplog.text
    assert SECRET not in caplog.text + str(problem)
