"""Whatever is sent to any address, made from the committed description: never a failure of ours, and every answer is one
that the description declares."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import make_app, outline
from engine.store.database import Database
from workers.assembly import assemble

HERE = "http://localhost"


@pytest.fixture(scope="module")
def application(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """The application, on a database that all examples share."""
    file = tmp_path_factory.mktemp("contract") / "wend.db"
    shutil.copy(sqlite_template, file)
    with closing(Database(f"sqlite:///{file}")) as database:
        assemble(database)
        app = make_app(database, designer=file.parent / "none")
        yield app
        app.state.house.close()


schema = schemathesis.openapi.from_asgi("/openapi.json", outline(), headers={"Host": "localhost"})


@schema.parametrize()
@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_declared_and_none_is_a_failure_of_ours(
    case: Case[Any], application: FastAPI
) -> None:
    """No answer is a 5xx, and each has a status, a type and a shape that the description names."""
    case.call_and_validate(
        base_url=HERE,
        app=application,
        checks=[
            not_a_server_error,
            status_code_conformance,
            content_type_conformance,
            response_schema_conformance,
        ],
    )
