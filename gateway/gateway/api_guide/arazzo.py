"""The tutorial as an Arazzo 1.0 document: for programs that run workflows over an OpenAPI document. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gateway.api_guide.examples import example
from gateway.api_guide.model import Part, Step

OPENAPI = "../api/v1/openapi.json"
EVERY_SECONDS, MOST_TIMES = 1, 120
"""How a step is repeated that waits for something."""


def document(title: str, parts: Iterable[Part], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """One workflow, ``file_a_work``."""
    return {
        "arazzo": "1.0.1",
        "info": {"title": title, "version": "1"},
        "sourceDescriptions": [{"name": "registry", "url": OPENAPI, "type": "openapi"}],
        "workflows": [
            {
                "workflowId": "file_a_work",
                "summary": title,
                "inputs": {
                    "type": "object",
                    "required": list(inputs),
                    "properties": {name: {"type": "string", "description": str(says)} for name, says in inputs.items()},
                },
                "steps": [_step(step) for part in parts for step in part.steps],
                "outputs": {"registration_number": "$steps.registered.outputs.registration_number"},
            }
        ],
    }


def _step(step: Step) -> dict[str, Any]:
    told: dict[str, Any] = {
        "stepId": step.id,
        "description": str(step.says),
        "operationId": step.operation,
        "successCriteria": _criteria(step),
    }
    if parameters := _parameters(step):
        told["parameters"] = parameters
    if body := _body(step):
        told["requestBody"] = body
    if step.until or step.again or step.anew:
        wait: dict[str, Any] = {"name": "wait", "type": "retry", "retryAfter": EVERY_SECONDS, "retryLimit": MOST_TIMES}
        told["onFailure"] = [wait | {"stepId": step.anew} if step.anew else wait]
    if step.gives:
        told["outputs"] = {name: f"$response.body#{pointer}" for name, pointer in step.gives.items()}
    return told


def _criteria(step: Step) -> list[dict[str, str]]:
    criteria = [{"condition": "$statusCode < 300"}]
    if step.until:
        pointer, value = step.until
        wanted = "!= null" if value is None else f"== '{value}'"
        criteria.append({"condition": f"$response.body#{pointer} {wanted}"})
    return criteria


def _parameters(step: Step) -> list[dict[str, str]]:
    found = [{"name": name, "in": "path", "value": value} for name, value in step.path.items()]
    found += [{"name": name, "in": "query", "value": value} for name, value in step.query.items()]
    if step.by:
        found.append({"name": "Authorization", "in": "header", "value": f"Bearer {{{step.by}}}"})
    return found


def _body(step: Step) -> dict[str, Any] | None:
    if step.file:
        sent = {"file": f"$inputs.{step.file}", "purpose": step.purpose}
        return {"contentType": "multipart/form-data", "payload": sent}
    if (payload := example(step.operation)) is None:
        return None
    replacements = [{"target": pointer, "value": value} for pointer, value in step.puts.items()]
    body: dict[str, Any] = {"contentType": "application/json", "payload": payload}
    return body | {"replacements": replacements} if replacements else body
