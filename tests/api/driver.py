"""A client that speaks of outcomes: `await api.get("/journeys")` gives the answer's JSON, or fails with the problem."""

from __future__ import annotations

import json
from typing import Any

import httpx
from sqlalchemy import or_, select

from engine.enrolment.drain import drain
from engine.enrolment.legs import run_cohort_leg
from engine.enrolment.runtime import Runtime
from engine.store.tables import enrolment
from tests.unit.flow.drawing import draw


def move(runtime: Runtime) -> None:
    """Let everyone move who is due, as workers would."""
    member = enrolment.c
    while True:
        with runtime.database.write() as connection:
            drain(connection, now=runtime.now())
            late = or_(
                member.place == "moving",
                (member.place == "resting") & (member.wake_at <= runtime.business_now()),
            )
            cohorts = list(connection.scalars(select(member.cohort).where(late).distinct()))
        if not cohorts:
            return
        for number in cohorts:
            assert number is not None
            run_cohort_leg(runtime, number, runtime.now())


def welcome(name: str = "Welcome", **configs: dict[str, Any]) -> dict[str, Any]:
    """A sound document: a campaign's contacts get an email."""
    return {**draw("in:campaign -> mail:send_email -> out:exit", **configs), "name": name}


class Api:
    """The API's client of a test."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def get(self, path: str, **query: Any) -> Any:
        """The JSON of a page or thing."""
        return self._wanted(await self.client.get(f"/v1{path}", params=query))

    async def post(self, path: str, body: Any = None) -> Any:
        """The JSON that an act gives."""
        return self._wanted(await self.client.post(f"/v1{path}", json=body))

    async def put(self, path: str, body: Any) -> Any:
        """The JSON that a change gives."""
        return self._wanted(await self.client.put(f"/v1{path}", json=body))

    async def patch(self, path: str, body: Any) -> Any:
        """The JSON that a change of some fields gives."""
        return self._wanted(await self.client.patch(f"/v1{path}", json=body))

    async def delete(self, path: str) -> None:
        """Remove something."""
        answer = await self.client.delete(f"/v1{path}")
        assert answer.status_code == 204, answer.text

    async def refused(self, method: str, path: str, **how: Any) -> dict[str, Any]:
        """The problem document with which a request is refused."""
        answer = await self.client.request(method, f"/v1{path}", **how)
        assert answer.status_code >= 400, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        problem: dict[str, Any] = json.loads(answer.content)
        assert problem["status"] == answer.status_code
        assert problem["title"]
        assert problem["detail"]
        return problem

    async def all_pages(self, path: str, **query: Any) -> list[Any]:
        """The items of all pages, as one list."""
        items: list[Any] = []
        cursor = None
        while True:
            page = await self.get(path, **query, **({"cursor": cursor} if cursor else {}))
            items += page["items"]
            cursor = page["next"]
            if cursor is None:
                return items

    def _wanted(self, answer: httpx.Response) -> Any:
        assert answer.is_success, f"{answer.status_code}: {answer.text}"
        return answer.json()
