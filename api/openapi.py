"""The OpenAPI document: what the designer and other programs know of this API.

`python -m api.openapi` writes api/openapi.json anew; a test compares the two.
"""

import json
import sys
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api import errors
from api.problems import Problem, declare

FILE = Path(__file__).with_name("openapi.json")
_SAFE = frozenset({"get", "head"})
_EVERYWHERE = (errors.NotThisMachine,)
_WITH_BODY = (errors.BodyNotJson, errors.BodyTooLarge, errors.WrongMediaType, errors.WrongEncoding)
_UNHEARD = {
    "500": "A bug of Wend's (`bug`)",
    "503": "The database does not answer (`database-away`)",
}
_REFERENCE = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def describe(app: FastAPI) -> dict[str, Any]:
    """The document of the application, with the problems that any request may meet."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            summary=app.summary,
            description=app.description,
            routes=app.routes,
            tags=app.openapi_tags,
        )
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= problem.pop("$defs", {})
        schemas["Problem"] = problem
        for path in document["paths"].values():
            for method, operation in path.items():
                _add_problems(method, operation)
        app.openapi_schema = _with_flowcharts(document)
    return app.openapi_schema


def _add_problems(method: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    kinds: list[type[Exception]] = [*_EVERYWHERE]
    if method not in _SAFE:
        kinds.append(errors.FromElsewhere)
    if "requestBody" in operation:
        kinds += _WITH_BODY
    if "requestBody" in operation or operation.get("parameters"):
        kinds.append(errors.BadValue)
    if any(parameter["name"] == "cursor" for parameter in operation.get("parameters", ())):
        kinds.append(errors.BadCursor)
    for status, answer in declare(*kinds).items():
        have = responses.get(str(status))
        if have is not None and "application/problem+json" in have.get("content", {}):
            have["description"] = f"{have['description']}; {answer['description']}"
        else:
            responses[str(status)] = answer
    for code, text in _UNHEARD.items():
        responses[code] = {"description": text, "content": _REFERENCE}


def _with_flowcharts(part: Any) -> Any:
    """Where a request carries a document, its schema is that of the answers: it is taken as it is, to be diagnosed."""
    if isinstance(part, dict):
        if part.get("x-flowchart"):
            told = {"description": part["description"]} if "description" in part else {}
            return {"$ref": "#/components/schemas/Flowchart", **told}
        return {key: _with_flowcharts(value) for key, value in part.items()}
    return [_with_flowcharts(item) for item in part] if isinstance(part, list) else part


def as_text(document: dict[str, Any]) -> str:
    """The document as it is committed."""
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    from api.app import outline

    FILE.write_text(as_text(describe(outline())))
    sys.stdout.write(f"{FILE.name} is written.\n")
