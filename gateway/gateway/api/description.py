"""The API describes itself."""

from __future__ import annotations

from functools import cache
from typing import Any

from contracts.base import ANONYMOUS
from flask import Response, json
from flask_babel import lazy_gettext as _l

from contracts import asyncapi
from gateway.api_guide.examples import example
from gateway.forms.descriptions import told_types
from gateway.forms.schema import form_schema
from gateway.web import openapi
from gateway.web.api import ApiGroup, offered
from gateway.web.resources import resources

routes = ApiGroup("description", _l("接口说明"))


@routes.get("/openapi.json", _l("本接口的 OpenAPI 3.1 文档"), access=ANONYMOUS, raw=True)
def openapi_document() -> Response:
    """In the language of the request, with the forms of all filing types as they are today."""
    settings = resources().settings.common
    described = openapi.document(offered(), settings.public_url, _forms(), example)
    return Response(json.dumps(described, ensure_ascii=False), content_type="application/json")


@routes.get("/asyncapi.json", _l("事件的 AsyncAPI 3.0 文档"), access=ANONYMOUS, raw=True)
def asyncapi_document() -> Response:
    """Every event with its channel, publisher and content."""
    return Response(_events(), content_type="application/json")


def _forms() -> dict[str, Any]:
    """The form of each filing type, as it is described today; without those that filing does not tell now."""
    told = {name: form_schema(description) for name, description in told_types().items()}
    return {name: schema for name, schema in told.items() if schema}


@cache
def _events() -> str:
    return json.dumps(asyncapi.document(), ensure_ascii=False)
