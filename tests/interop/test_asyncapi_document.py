"""The published AsyncAPI document is one: held against the schema that the AsyncAPI project publishes."""

from __future__ import annotations

import copy
import json
from typing import Any

from jsonschema import Draft7Validator
from registry_infra.node import Node
from registry_infra.portal import Portal


def test_the_published_document_is_valid_asyncapi_3(visitor: Portal, node: Node) -> None:
    schema = json.loads((node.packages / "@asyncapi/specs/schemas/3.0.0-without-$id.json").read_text("utf-8"))

    def valid(document: dict[str, Any]) -> bool:
        return Draft7Validator(schema).is_valid(document)

    document = visitor.get("/asyncapi.json")
    assert document["asyncapi"] == "3.0.0"
    assert valid(document), [error.message[:200] for error in Draft7Validator(schema).iter_errors(document)]
    spoilt = copy.deepcopy(document)
    next(iter(spoilt["operations"].values()))["action"] = "shout"
    assert not valid(spoilt)
