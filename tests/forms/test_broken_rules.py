"""Every rule of every form broken once, by the API and on the page: each names the field, and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.text import paragraphs
from gateway.forms.described import Described
from gateway.forms.testing import Elements
from werkzeug.datastructures import MultiDict

from services.filing.tests.software_forms import BROKEN as OF_SOFTWARE
from services.filing.tests.software_forms import QUESTIONED, software
from services.filing.tests.work_forms import BROKEN as OF_WORKS
from services.filing.tests.work_forms import OWNERSHIP, complete
from tests.forms.filers import COMPANY, Filer

WHOLE = {"software": software, "work": complete}
Broken = tuple[str, str, dict[str, Any], tuple[str, str]]
"""Kind, filer, what is changed in a complete form, and the field (any, if empty) and code of what is said."""
RULES: list[Broken] = [
    *(("software", "person", changes, expected) for changes, expected in [*OF_SOFTWARE, *QUESTIONED]),
    *(("work", "person", changes, expected) for changes, expected in OF_WORKS),
    *(
        ("work", "company" if applicant.name == COMPANY else "person", changes, ("", code))
        for applicant, changes, code in OWNERSHIP
    ),
]
MENDED = {("owners", "required")}
"""What a draft does not leave wrong: whose identity is verified stands among the owners, whatever is sent."""


def named(rule: Broken) -> str:
    return f"{rule[0]}-{'.'.join(rule[2])}-{rule[3][1]}"


def held(problems: list[dict[str, Any]], expected: tuple[str, str]) -> list[dict[str, Any]]:
    """What is said of the field with the code; a text that no form has room for is too long for that already."""
    field, code = expected
    codes = {code, "form_too_large"} if code == "too_long" else {code}
    return [item for item in problems if item["code"] in codes and item["field"] == (field or item["field"])]


@pytest.fixture
def filer(request: pytest.FixtureRequest, rule: Broken) -> Filer:
    found: Filer = request.getfixturevalue(rule[1])
    return found


@pytest.mark.requirement("F-03")
@pytest.mark.requirement("W-06")
@pytest.mark.parametrize("rule", RULES, ids=named)
def test_by_the_api_it_names_the_field_and_says_what_to_do(filer: Filer, rule: Broken) -> None:
    kind, _filer, changes, expected = rule
    form, draft = filer.own(WHOLE[kind](**changes)), filer.draft(kind, {})
    address = f"/api/v1/applications/{draft['application_id']}"
    answer = filer.me.patch(address, json={"form": form}, headers={"If-Match": str(draft["version"])})
    said = answer.get_json()
    if answer.status_code == 422:
        found = held(said["errors"], expected)
        assert said["remedy"]
        assert filer.get(f"/applications/{draft['application_id']}") == draft, "what is refused changes nothing"
    else:
        assert answer.status_code == 200, said
        if expected in MENDED:
            assert [owner["applicant"] for owner in said["form"]["owners"]] == [True]
            return
        found = held(said["report"]["problems"], expected)
        refused = filer.me.post(f"{address}/declaration", json={})
        assert refused.status_code == 422, refused.text
        if found and found[0]["severity"] == "error":
            found = held(refused.get_json()["errors"], expected)
            assert all(item["message"] for item in found)
    assert found, said.get("errors") or said["report"]["problems"]


@pytest.mark.requirement("F-03")
@pytest.mark.requirement("W-03")
@pytest.mark.parametrize("rule", RULES, ids=named)
def test_on_the_page_it_stands_at_the_field_and_nothing_entered_is_lost(filer: Filer, rule: Broken) -> None:
    """What a page cannot send (a choice that it has not, an answer that is not asked for) is not kept, either."""
    kind, _filer, changes, expected = rule
    described = filer.described(kind)
    step = described.step_of(expected[0] or next(iter(changes)))
    if step is None:
        return  # a field that no page has
    here = {field.name for field in step.fields}
    whole, changed = filer.own(WHOLE[kind]()), filer.own(changes)
    draft = filer.draft(kind, whole | {name: value for name, value in changed.items() if name not in here})
    entries, answer = filer.send_step(kind, draft, step.name, draft["form"] | changed)
    if answer.status_code == 303:
        saved = filer.get(f"/applications/{draft['application_id']}")
        kept = [item for item in held(saved["report"]["problems"], expected) if item["severity"] == "error"]
        assert kept == [], "the page went on over what keeps the form from being filed"
        return
    assert answer.status_code in (200, 422), answer.text
    shown = Elements(answer.text)
    links = [href.removeprefix("#") for href in shown.links if href.startswith("#field-")]
    assert links
    assert [link for link in links if link not in shown.by_id] == [], "a problem leads to its field"
    assert any(said_at(shown, path) for path in above(expected[0] or links[0].removeprefix("field-"))), expected
    lost = {name: values for name, values in entries.lists() if not keeps(shown.entries.getlist(name), values)}
    assert [name for name in lost if is_own(described, name, entries)] == []


def is_own(described: Described, path: str, entries: MultiDict[str, str]) -> bool:
    """Whether it is the filer's own answer to what was asked: not what stood there, nor their verified identity."""
    field, own_row = described.field(path), path.split(".")[0:2] == ["owners", "0"]
    if field is None or (field.verified and own_row) or entries[path] == field.start:
        return False
    return described.asked(path, lambda other: entries.get(other) or entries.get(f"given.{other}"))


def above(path: str) -> list[str]:
    """A path and the lists and groups that it is in."""
    parts = path.split(".")
    return [".".join(parts[:end]) for end in range(len(parts), 0, -1)]


def said_at(shown: Elements, path: str) -> bool:
    return bool(shown.by_id.get(f"error-{path}", {}).get("text", "").strip())


def keeps(shown: list[str], entered: list[str]) -> bool:
    """As it was entered, or in the form in which it was saved."""
    return {paragraphs(value) for value in entered} - {""} <= {paragraphs(value) for value in shown}
