"""The API as OpenAPI 3.1, made of the route table and its models."""

import json
from collections.abc import Sequence
from typing import Any, Final

from pydantic.json_schema import models_json_schema

from bot.channels.serve.endpoints import Endpoint
from bot.channels.serve.models import ProblemJson
from bot.channels.serve.problems import KINDS, MEDIA_TYPE

# Of every request, before its path is looked at.
_ANYWHERE: Final = (400, 401, 405, 408, 413, 414, 421, 422, 429, 431, 500, 503)
_REFERENCE: Final = "#/components/schemas/{model}"


def document(endpoints: Sequence[Endpoint], version: str) -> bytes:
    """Return the description of the API as JSON."""
    wanted = [
        *((endpoint.gives, "serialization") for endpoint in endpoints),
        *((endpoint.takes, "validation") for endpoint in endpoints),
        (ProblemJson, "serialization"),
    ]
    references, schemas = models_json_schema(list(dict.fromkeys(wanted)), ref_template=_REFERENCE)  # type: ignore[arg-type]
    found = schemas["$defs"]

    def named(model: Any, mode: str) -> str:
        return str(references[model, mode]["$ref"]).rpartition("/")[2]  # type: ignore[index]

    problem = {"$ref": _REFERENCE.format(model=named(ProblemJson, "serialization"))}
    paths: dict[str, Any] = {}
    parameters = set()
    for endpoint in endpoints:
        taken = named(endpoint.takes, "validation")
        operation: dict[str, Any] = {
            "operationId": endpoint.name,
            "summary": endpoint.summary,
            "responses": _responses(endpoint, named(endpoint.gives, "serialization"), problem),
        }
        if endpoint.method == "POST":
            body = {"application/json": {"schema": {"$ref": _REFERENCE.format(model=taken)}}}
            operation["requestBody"] = {"required": True, "content": body}
        else:
            operation["parameters"] = [*_in_path(endpoint.path), *_parameters(found[taken])]
            parameters.add(taken)
        paths[endpoint.path] = {endpoint.method.lower(): operation}
    for name in parameters:
        # They stand with their paths.
        del found[name]
    return json.dumps(_whole(paths, found, version), ensure_ascii=False).encode()


def _whole(paths: dict[str, Any], schemas: dict[str, Any], version: str) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Quoth",
            "version": version.rpartition(" ")[2],
            "summary": "Ask articles, and get the passages that answer, word for word.",
        },
        # From where this document lies, behind whatever prefix of a proxy.
        "servers": [{"url": "."}],
        "security": [{}, {"bearer": []}, {"basic": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "basic": {"type": "http", "scheme": "basic", "description": "the token as password, any name"},
            },
        },
    }


def _responses(endpoint: Endpoint, model: str, problem: dict[str, Any]) -> dict[str, Any]:
    given = {"application/json": {"schema": {"$ref": _REFERENCE.format(model=model)}}}
    failed = {MEDIA_TYPE: {"schema": problem}}
    responses: dict[str, Any] = {"200": {"description": endpoint.gives.__doc__ or "", "content": given}}
    if endpoint.method == "GET":
        responses["304"] = {"description": "Nothing has changed since the tag in If-None-Match."}
    said = dict(reversed(KINDS.values()))
    for status in sorted({*_ANYWHERE, *endpoint.statuses}):
        responses[str(status)] = {"description": said.get(status, KINDS["too-large"][1]), "content": failed}
    return responses


def _in_path(path: str) -> list[dict[str, Any]]:
    if "{id}" not in path:
        return []
    schema = {"type": "string", "pattern": "^[0-9a-f]{12}$"}
    return [{"name": "id", "in": "path", "required": True, "schema": schema, "description": "id of an article"}]


def _parameters(model: dict[str, Any]) -> list[dict[str, Any]]:
    required = set(model.get("required", ()))
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "description": schema.pop("description", ""),
            "schema": {key: value for key, value in schema.items() if key != "title"},
        }
        for name, schema in model.get("properties", {}).items()
    ]
