"""A partner who has nothing but the documents: the tutorial is run as its Arazzo document says, from its own examples,
and ends with a certificate that anybody can check."""

from __future__ import annotations

import copy
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from materials.testing.sample_files import numbered_pdf
from registry_infra.demo.people import handheld, id_back, id_front, new_applicant
from registry_infra.portal import Portal
from registry_infra.testing import Stack

pytestmark = [pytest.mark.stack, pytest.mark.requirement("W-06")]
EXPRESSION = re.compile(r"\$(?:inputs\.\w+|steps\.\w+\.outputs\.\w+)")
CONDITION = re.compile(r"\$response\.body#(\S+) (==|!=) (?:'(.*)'|null)")


class Runner:
    """Runs one workflow of an Arazzo 1.0 document over the OpenAPI document beside it. It knows nothing of this API."""

    def __init__(self, site: str, language: str) -> None:
        self._http = httpx.Client(base_url=site, headers={"Accept-Language": language}, timeout=60)
        arazzo = self._http.get("/sandbox/arazzo.json").json()
        described = self._http.get(f"/sandbox/{arazzo['sourceDescriptions'][0]['url']}").json()
        self.workflow = arazzo["workflows"][0]
        self._operations = {
            operation["operationId"]: (method.upper(), path)
            for path, methods in described["paths"].items()
            for method, operation in methods.items()
        }
        self._values: dict[str, Any] = {}

    def run(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        assert set(inputs) == set(self.workflow["inputs"]["required"])
        self._values = {f"$inputs.{name}": value for name, value in inputs.items()}
        steps = {step["stepId"]: step for step in self.workflow["steps"]}
        for step in steps.values():
            self._take(step, steps)
        return {name: self._values[source] for name, source in self.workflow["outputs"].items()}

    def _take(self, step: Mapping[str, Any], steps: Mapping[str, Any]) -> None:
        retry = next(iter(step.get("onFailure", ())), {"retryLimit": 0, "retryAfter": 0})
        for _ in range(retry["retryLimit"] + 1):
            answer = self._send(step)
            if all(holds(answer, criterion["condition"]) for criterion in step["successCriteria"]):
                break
            time.sleep(retry["retryAfter"])
            if again := retry.get("stepId"):
                self._take(steps[again], steps)
        else:
            pytest.fail(f"{step['stepId']}: {answer.status_code} {answer.text}")
        for name, source in step.get("outputs", {}).items():
            pointer = source.removeprefix("$response.body#")
            self._values[f"$steps.{step['stepId']}.outputs.{name}"] = at(answer.json(), pointer)

    def _send(self, step: Mapping[str, Any]) -> httpx.Response:
        method, path = self._operations[step["operationId"]]
        given = [(one["in"], one["name"], self._filled(one["value"])) for one in step.get("parameters", ())]
        for _, name, value in (one for one in given if one[0] == "path"):
            path = path.replace(f"{{{name}}}", value)
        query = {name: value for place, name, value in given if place == "query"}
        headers = {name: value for place, name, value in given if place == "header"}
        return self._http.request(method, path, params=query, headers=headers, **self._body(step.get("requestBody")))

    def _body(self, described: Mapping[str, Any] | None) -> dict[str, Any]:
        if described is None:
            return {}
        payload = copy.deepcopy(described["payload"])
        for replacement in described.get("replacements", ()):
            put(payload, replacement["target"], self._filled(replacement["value"]))
        if described["contentType"] == "application/json":
            return {"json": payload}
        file = self._filled(payload.pop("file"))
        return {"files": {"file": file}, "data": payload}

    def _filled(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if EXPRESSION.fullmatch(value):
            return self._values[value]
        return re.sub(r"\{(\S+)\}", lambda found: str(self._values[found[1]]), value)


def at(value: Any, pointer: str) -> Any:
    """What a JSON pointer points to; None where there is nothing."""
    for name in pointer.removeprefix("/").split("/"):
        try:
            value = value[int(name)] if isinstance(value, list) else value[name]
        except (LookupError, TypeError):
            return None
    return value


def put(value: Any, pointer: str, new: Any) -> None:
    """Sets what a JSON pointer points to, whether something was there or not."""
    *above, last = pointer.removeprefix("/").split("/")
    (at(value, "/".join(above)) if above else value)[last] = new


def holds(answer: httpx.Response, condition: str) -> bool:
    if condition == "$statusCode < 300":
        return answer.status_code < 300
    found = CONDITION.fullmatch(condition)
    assert found is not None, condition
    pointer, sign, wanted = found.groups()
    value = at(answer.json(), pointer) if answer.status_code < 300 else None
    return (value == wanted) if sign == "==" else value is not None


@pytest.fixture
def inputs() -> Callable[[], dict[str, Any]]:
    def made() -> dict[str, Any]:
        who = new_applicant()
        texts = {"mobile": who.mobile, "password": who.password, "name": who.name, "id_number": who.id_number}
        pictures = {"id_front": id_front(who), "id_back": id_back(), "handheld": handheld(who)}
        files = {name: (f"{name}.jpg", data, "image/jpeg") for name, data in pictures.items()}
        return texts | files | {"sample": ("sample.pdf", numbered_pdf(4), "application/pdf")}

    return made


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_program_that_has_only_the_documents_files_a_work(
    stack: Stack, visitor: Portal, inputs: Callable[[], dict[str, Any]], language: str
) -> None:
    number = Runner(stack.url, language).run(inputs())["registration_number"]
    assert visitor.get(f"/certificates/{number}")["title"] == "江边旧事十二记"


def test_every_operation_that_takes_json_has_an_example_that_its_schema_allows(stack: Stack) -> None:
    """As the document says both; the names of operations are what tutorials and generated clients go by."""
    described = httpx.get(f"{stack.url}/api/v1/openapi.json", timeout=60).json()
    operations = [operation for methods in described["paths"].values() for operation in methods.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    without, wrong = [], []
    for operation in operations:
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if not body:
            continue
        if "example" not in body:
            without.append(operation["operationId"])
            continue
        schema = {**body["schema"], "components": described["components"]}
        wrong += [
            f"{operation['operationId']}: {one.message}"
            for one in Draft202012Validator(schema).iter_errors(body["example"])
        ]
    assert (without, wrong) == ([], [])
