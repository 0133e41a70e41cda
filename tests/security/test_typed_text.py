"""The same entry is kept in one form by the page and by the API; and nobody fills the database by entering much."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.forms import FORM_BYTES
from contracts.text import size_of
from flask.testing import FlaskClient
from registry_infra.demo.people import new_applicant

from tests.agreed import AGREED
from tests.author import Author
from tests.one_process import System
from tests.security.conftest import TOKEN

LRO, PDF, RLI, PDI, ZWSP, BOM, WJ, TAG = (
    "\u202d",
    "\u202c",
    "\u2067",
    "\u2069",
    "\u200b",
    "\ufeff",
    "\u2060",
    "\U000e0041",
)
ENTRIES: list[tuple[str, str, str, Any]] = [
    ("work", "title", f"{BOM}月光{ZWSP}下的\u3000 长街{TAG}", "月光下的 长街"),
    ("work", "title", "⽉光下的⻓街\ue863", "月光下的长街䶮"),
    ("work", "title", "cafe\u0301 \u3164手记", "café 手记"),
    ("work", "title", "第一行\n第二行", "第一行 第二行"),
    ("work", "source_licence", f"{RLI}取得授权\r\n\r\n\r\n\r\n见附件{PDI}", "取得授权\n\n见附件"),
    ("creation", "completion_place.city", f"宜{WJ}昌 ", "宜昌"),
    ("ownership", "authors.0.name", "阿依古丽 • 买买提", "阿依古丽·买买提"),
    ("ownership", "authors.0.name", "Jose\u0301  Pe\u0301rez", "José Pérez"),
    ("ownership", "owners.0.masked_id_number", "１１０１ 0519 4912 3100 2x", "1101**********002X"),
    ("description", "description.purpose", f"一{ZWSP}。\r\n　　二。", "一。\n二。"),
    ("contact", "contact.mobile", f"{LRO}+86 138–0013–8000{PDF}", "13800138000"),
    ("contact", "contact.mobile", "（０１３８）００１３ ８０００", "13800138000"),
    ("contact", "contact.email", " Lin＠Example。CN ", "lin@example.cn"),
    ("contact", "contact.postcode", "１００ ０７０", "100070"),
]


def at(form: Any, path: str) -> Any:
    for step in path.split("."):
        form = form[int(step) if step.isdigit() else step]
    return form


def nested(path: str, value: str) -> dict[str, Any]:
    """The form of the API with one value set; what lies beside it as the page sends it."""
    top, *rest = path.split(".")
    match rest:
        case []:
            return {top: value} | ({"creation_nature": "translation"} if top == "source_licence" else {})
        case [index, part] if index.isdigit():
            return {top: [{"name": "某人", part: value}]}
        case _:
            return {top: {rest[0]: value}}


def beside(path: str) -> dict[str, str]:
    if path == "source_licence":
        return {"creation_nature": "translation"}
    return {"owners.0.name": "某人"} if path.startswith("owners.") and not path.endswith(".name") else {}


@pytest.fixture(scope="module")
def applicant(system: System) -> Author:
    found = Author(system, new_applicant(), system.client(), {})
    found.sign_up()
    return found


@pytest.fixture(scope="module")
def browser(applicant: Author) -> FlaskClient:
    """The applicant's browser, signed in with what somebody pasted."""
    client = applicant.system.client(cookies=True)
    mobile = applicant.who.mobile
    entry = {"login": f"{LRO}+86 {mobile[:3]}-{mobile[3:7]}-{mobile[7:]}{PDF}", "password": applicant.who.password}
    assert post(client, "/sign-in", entry).status_code == 303
    return client


def post(client: FlaskClient, path: str, entry: dict[str, str], page: str = "/sign-in") -> Any:
    found = TOKEN.search(client.get(page, follow_redirects=True).text)
    return client.post(path, data=entry | {"csrf_token": found[1] if found else ""})


@pytest.mark.requirement("F-03")
@pytest.mark.requirement("W-06")
@pytest.mark.parametrize(("step", "path", "typed", "kept"), ENTRIES)
def test_page_and_api_keep_the_same(
    applicant: Author, browser: FlaskClient, step: str, path: str, typed: str, kept: str
) -> None:
    by_api = applicant.post("/applications", {"kind": "work", "form": nested(path, typed)})
    assert at(by_api["form"], path) == kept

    draft = applicant.post("/applications", {"kind": "work", "form": {}})
    address = f"/registration/applications/{draft['application_id']}/{step}"
    entry = {path: typed, "action": "later", "version": str(draft["version"])} | beside(path)
    assert post(browser, address, entry, address).status_code == 303
    by_page = applicant.get(f"/applications/{draft['application_id']}")
    assert at(by_page["form"], path) == kept


@pytest.mark.requirement("F-03")
def test_forms_take_dates_as_people_write_them_and_programs_write_iso(applicant: Author, browser: FlaskClient) -> None:
    draft = applicant.post("/applications", {"kind": "work", "form": {}})["application_id"]
    address = f"/registration/applications/{draft}/creation"
    assert post(browser, address, {"completion_date": "2024年３月5日", "action": "later"}, address).status_code == 303
    assert applicant.get(f"/applications/{draft}")["form"]["completion_date"] == "2024-03-05"
    for other in ("2024年3月5日", "20240305", 1709596800, "1709596800"):
        answer = applicant.me.post("/api/v1/applications", json={"kind": "work", "form": {"completion_date": other}})
        assert [error["code"] for error in answer.get_json()["errors"]] == ["not_a_date"]


@pytest.mark.requirement("F-03")
def test_a_year_that_cannot_be_meant_is_refused_with_the_reason(applicant: Author) -> None:
    for day in ("0202-03-05", "0024-03-05", "1066-10-14", "1899-12-31"):
        found = applicant.post("/form-checks", {"kind": "work", "form": {"completion_date": day}})["problems"]
        [problem] = [item for item in found if item["field"] == "completion_date"]
        assert problem["code"] == "date_too_early"
        assert "1900-01-01" in problem["message"]


def too_much() -> dict[str, dict[str, Any]]:
    """What would have been kept whole."""
    many = [{"name": f"{index:03d}" + "长" * 197} for index in range(100)]
    return {
        "a long title": {"title": "长" * 201},
        "a title of a megabyte": {"title": "长" * 300_000},
        "a megabyte of nothing": {"title": "\u200b" * 300_000},
        "long parts": {"composition": "series", "parts": ["长" * 201]},
        "many parts": {"composition": "series", "parts": ["件"] * 201},
        "many rights": {"rights": ["rental"] * 101},
        "full lists": {"authors": many, "parts": ["长" * 200] * 200},
        "an unknown field": {"x": "长" * 300_000},
        "a nest": {"title": [[[[[]]]]]},
    }


@pytest.mark.requirement("S-01")
@pytest.mark.parametrize("name", too_much())
def test_a_draft_has_a_size(applicant: Author, name: str) -> None:
    form = too_much()[name]
    answer = applicant.me.post("/api/v1/applications", json={"kind": "work", "form": form})
    assert answer.status_code == 422, answer.text[:300]
    assert {error["code"] for error in answer.get_json()["errors"]} <= {
        *("too_long", "too_many", "form_too_large", "form_too_deep", "unknown_field", "wrong_type")
    }


@pytest.mark.requirement("S-01")
def test_a_draft_that_grows_step_by_step_keeps_its_size(applicant: Author) -> None:
    def lists(field: str, **more: str) -> dict[str, Any]:
        return {field: [{"name": f"{index:03d}" + "长" * 150, **more} for index in range(100)]}

    draft = applicant.post("/applications", {"kind": "work", "form": lists("authors")})
    address = f"/api/v1/applications/{draft['application_id']}"
    answer = applicant.me.patch(address, json={"form": lists("owners")}, headers={"If-Match": str(draft["version"])})
    assert [(error["field"], error["code"]) for error in answer.get_json()["errors"]] == [("form", "form_too_large")]
    kept = applicant.get(f"/applications/{draft['application_id']}")["form"]
    assert kept == draft["form"]
    assert size_of(kept) <= FORM_BYTES


@pytest.mark.requirement("W-03")
def test_a_page_says_what_is_too_long_and_cuts_nothing(applicant: Author, browser: FlaskClient) -> None:
    draft = applicant.post("/applications", {"kind": "work", "form": {"title": "长街"}})["application_id"]
    address = f"/registration/applications/{draft}/description"
    answer = post(browser, address, {"description.purpose": "长" * 9000}, address)
    assert answer.status_code == 422
    assert "长" * 9000 in answer.text
    assert "3000" in answer.text
    answer = post(browser, address, {"description.purpose": "长" * 40_000}, address)
    assert answer.status_code == 422
    assert "64 KB" in answer.text
    assert applicant.get(f"/applications/{draft}")["form"]["description"]["purpose"] == ""


@pytest.mark.requirement("I-03")
@pytest.mark.parametrize("shape", [" {0}{1} ", "{0} {1}", "{0}-{1}", LRO + "{0}{1}" + PDF])
def test_a_pasted_code_signs_in(applicant: Author, shape: str) -> None:
    found = Author(applicant.system, new_applicant(), applicant.system.client(), {})
    found.sign_up()
    code = found.code("sign_in")
    wide = code[:3].translate({ord("0") + n: ord("０") + n for n in range(10)})
    body = {"mobile": f"86 {found.who.mobile}", "otp": shape.format(wide, code[3:])}
    assert found.system.client().post("/api/v1/sessions", json=body).status_code == 201


@pytest.mark.requirement("I-01")
def test_sign_up_by_page_takes_what_was_pasted(system: System) -> None:
    who = new_applicant()
    client = system.client(cookies=True)
    wide = who.id_number.translate({ord("0") + n: ord("０") + n for n in range(10)}).lower()
    entry = {
        "name": f"{BOM}{who.name[0]} {who.name[1:]}{ZWSP}",
        "id_type": "resident_id",
        "id_number": f"{wide[:6]} {wide[6:14]} {wide[14:]}",
        "mobile": f"{LRO}（+86）{who.mobile[:3]}–{who.mobile[3:]}{PDF}",
        "password": who.password,
        **AGREED,
    }
    answer = post(client, "/sign-up/person", entry, "/sign-up/person")
    assert answer.status_code == 303, answer.text
    code = Author(system, who, client, {}).newest_code()
    answer = post(client, "/sign-up/code", {"otp": f"{code[:3]} {code[3:]}"}, "/sign-up/code")
    assert answer.status_code == 303, answer.text
    tokens = system.client().post("/api/v1/sessions", json={"login": who.mobile, "password": who.password}).get_json()
    assert tokens["account"]["name"] == f"{who.name[0]} {who.name[1:]}"


@pytest.mark.requirement("A-01")
@pytest.mark.requirement("F-11")
def test_what_the_certificate_cannot_print_is_said_before_filing(applicant: Author, browser: FlaskClient) -> None:
    rare = "\U00030000"  # extension G, which no font of a stack has
    form = {"title": f"{rare}字考", "authors": [{"name": "王𪚥"}]}
    case = applicant.post("/applications", {"kind": "work", "form": form})
    assert case["form"]["title"] == form["title"]
    told = {item["field"]: item["params"]["codes"] for item in case["warnings"]}
    assert told["title"] == "U+30000"
    found = applicant.post("/form-checks", {"kind": "work", "form": form})["problems"]
    [warning] = [item for item in found if item["field"] == "title"]
    assert (warning["code"], warning["severity"]) == ("glyphs_missing", "warning")
    assert rare in warning["message"]
    for page in ("check", "work"):
        text = browser.get(f"/registration/applications/{case['application_id']}/{page}").text
        assert "U+30000" in text, page
