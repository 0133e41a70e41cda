"""What a number stands for, why one is unknown, and what the public pages say while services are away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from chassis.errors import Problem
from contracts.archive import CHECK_CERTIFICATE, CertificateCheck
from contracts.filing import PROGRESS
from contracts.legacy_bridge import LOCATE, Located
from flask import Flask, render_template_string
from gateway.pages import query
from gateway.testing import GatewayProcess
from gateway.web.languages import install

NUMBER = "国作登字-2026-A-00000045"
Answers = dict[Any, Any]


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answers], list[Any]]:
    """Services that answer (or refuse) by method; gives the methods in the order they were asked."""

    def answering(answers: Answers) -> list[Any]:
        asked: list[Any] = []

        def call(method: Any, request: Any) -> Any:
            asked.append(method)
            if isinstance(answers[method], Problem):
                raise answers[method]
            return answers[method]

        monkeypatch.setattr(query, "call", call)
        monkeypatch.setattr(query, "language", lambda: "zh")
        return asked

    return answering


def located(**facts: Any) -> Located:
    return Located.model_validate({"number": "", "legacy": False, "kind": "unrecognised", "known": False} | facts)


def unknown(**params: Any) -> Problem:
    return Problem("registration_number_unknown", **params)


@pytest.mark.requirement("A-02")
def test_a_registration_number_asks_the_register_and_nobody_else(services: Callable[[Answers], list[Any]]) -> None:
    entry = CertificateCheck(status="valid", registration_number=NUMBER)
    asked = services({CHECK_CERTIFICATE: entry})
    assert query.find(NUMBER) == query.FoundNumber(check=entry)
    assert asked == [CHECK_CERTIFICATE]


@pytest.mark.requirement("A-03")
def test_the_wrong_letter_case_is_answered_with_the_right_number(services: Callable[[Answers], list[Any]]) -> None:
    problem = Problem("number_unknown", hints="letter_case,customer_service", suggestion="2026Z11L000045")
    services({PROGRESS: problem, CHECK_CERTIFICATE: unknown(looks_like="acceptance_number"), LOCATE: located()})
    explained = query.find("2026z11l000045").unknown
    assert explained is not None
    assert (explained.suggestion, explained.suggestion_known) == ("2026Z11L000045", True)
    assert explained.reasons == ("letter_case",)


@pytest.mark.requirement("A-03")
@pytest.mark.requirement("L-02")
def test_a_number_of_the_old_system_is_sent_there(services: Callable[[Answers], list[Any]]) -> None:
    services(
        {
            CHECK_CERTIFICATE: unknown(looks_like="other"),
            PROGRESS: Problem("number_unknown", hints="old_system"),
            LOCATE: located(legacy=True, kind="software_registration"),
        }
    )
    explained = query.find("2010SR012345").unknown
    assert explained is not None
    assert explained.old_system
    assert not explained.suggestion


def test_the_rest_is_explained_while_the_legacy_bridge_is_away(services: Callable[[Answers], list[Any]]) -> None:
    services(
        {CHECK_CERTIFICATE: unknown(), PROGRESS: Problem("number_unknown"), LOCATE: Problem("service_unavailable")}
    )
    assert query.find("nothing").unknown == query.Unknown()


def test_a_service_that_is_away_is_not_mistaken_for_an_unknown_number(
    services: Callable[[Answers], list[Any]],
) -> None:
    services({PROGRESS: Problem("service_unavailable")})
    with pytest.raises(Problem) as raised:
        query.find("2026Z11L000045")
    assert raised.value.code == "service_unavailable"


@pytest.mark.requirement("W-01")
@pytest.mark.parametrize("page", ["/query", "/verify/", "/certificate-check", "/recovery"])
def test_public_pages_stand_without_any_service(gateway: GatewayProcess, page: str) -> None:
    with gateway.client(None) as client:
        answer = client.get(page)
    assert answer.status_code == 200
    assert "010-61092299" in answer.text


@pytest.mark.requirement("A-07")
def test_a_guide_invents_no_fee_when_the_tariff_cannot_be_read(gateway: GatewayProcess) -> None:
    with gateway.client(None) as client:
        answer = client.get("/guides/fees")
    assert answer.status_code == 200
    assert "现在读不到收费标准" in answer.text
    assert "¥" not in answer.text


@pytest.mark.requirement("I-11")
@pytest.mark.parametrize("page", ["/staff", "/staff/verifications", "/staff/paper", "/staff/examinations"])
def test_the_workbench_sends_visitors_to_sign_in(gateway: GatewayProcess, page: str) -> None:
    with gateway.client(None) as client:
        answer = client.get(page)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/sign-in?next={page.replace('/', '%2F')}"


@pytest.mark.requirement("A-08")
@pytest.mark.parametrize(
    ("language", "ended", "said"),
    [
        ("zh", "withdrawn", "申请人已撤回这件申请（2026年12月1日），没有登记"),
        ("en", "refused", "The application was refused (1 December 2026); nothing was registered"),
        ("zh", "lapsed", "这件申请视为撤回（2026年12月1日），没有登记"),
    ],
)
def test_a_signed_file_whose_case_ended_is_not_told_as_if_it_went_on(language: str, ended: str, said: str) -> None:
    app = Flask("gateway", template_folder=str(Path(query.__file__).parents[1] / "templates"))
    install(app, https=False)
    macros = "{% from 'query/signed.html' import signed_verdict with context %}{{ signed_verdict(check) }}"
    signed = {"unchanged": True, "document": "declaration", "ended": ended, "ended_on": "2026-12-01"}
    check = CertificateCheck.model_validate({"status": "unknown", "signed": signed})
    app.jinja_env.globals.update(asset=lambda name: name, url_for=lambda *_args, **_named: "#")
    with app.test_request_context(f"/?lang={language}"):
        page = render_template_string(macros, check=check)
    assert said in page
    assert "verdict-bad" in page


def shown(template: str, language: str, **values: Any) -> str:
    app = Flask("gateway", template_folder=str(Path(query.__file__).parents[1] / "templates"))
    install(app, https=False)
    app.jinja_env.globals.update(asset=lambda name: name, url_for=lambda *_args, **_named: "#")
    with app.test_request_context(f"/?lang={language}"):
        return render_template_string(template, **values)


@pytest.mark.requirement("A-02")
@pytest.mark.parametrize(("language", "day"), [("zh", "2026年11月20日"), ("en", "20 November 2026")])
def test_what_was_changed_is_told_with_days_as_the_page_writes_them(language: str, day: str) -> None:
    macro = "{% from 'query/parts.html' import changes_of with context %}{{ changes_of(check) }}"
    items = [
        {"field": "publication_date", "before": "", "after": "2026-11-20"},
        {"field": "publication_date", "before": "二〇二〇年", "after": "2026-11-20"},
        {"field": "title", "before": "2024-01-01", "after": "2025-01-01"},
    ]
    change = {"number": "作登变字第00000001号", "on": "2026-11-20", "items": items}
    page = shown(macro, language, check=CertificateCheck.model_validate({"status": "valid", "changes": [change]}))
    assert page.count(f"<strong>{day}</strong>") == 2
    assert "二〇二〇年" in page
    assert "2026-11-20" not in page
    assert "<strong>2025-01-01</strong>" in page, "a title that looks like a day is a title"


@pytest.mark.requirement("W-04")
def test_acts_and_kinds_are_written_alike_in_english() -> None:
    acts = ["registered", "changed", "assigned", "licensed", "pledged", "released", "replaced", "reissued", "corrected"]
    macro = "{% from 'query/gazette_parts.html' import counts_of with context %}{{ counts_of(issue) }}"
    told = shown(macro, "en", issue={"counts": dict.fromkeys([*acts, "revoked"], 1)}).split(", ")
    assert len(told) == 10
    assert [words for words in told if words[0] != words[0].upper() or words[1:] != words[1:].lower()] == []
    kinds = "{% from 'components/case_words.html' import kind_word with context %}{{ kind_word(kind) }}"
    names = [shown(kinds, "en", kind=kind) for kind in ("work", "software")]
    assert names == ["Work registration", "Computer software registration"]


@pytest.mark.requirement("L-02")
def test_an_old_case_whose_registration_was_revoked_is_not_told_as_if_it_stood(
    services: Callable[[Answers], list[Any]],
) -> None:
    case = {
        "number": "2020Z110900004",
        "kind": "work",
        "title": "冬***",
        "state": "completed",
        "filed_on": "2020-08-01",
    }
    answers: Answers = {
        PROGRESS: Problem("number_unknown", hints="old_system"),
        LOCATE: located(legacy=True, case=case | {"registration_number": "2026-A-000001"}),
    }

    def registered(method: Any, request: Any) -> Any:
        if method is CHECK_CERTIFICATE and request.registration_number == "2026-A-000001":
            return CertificateCheck(status="revoked", registration_number="2026-A-000001")
        if method is CHECK_CERTIFICATE:
            raise unknown(looks_like="other")
        answer = answers[method]
        if isinstance(answer, Problem):
            raise answer
        return answer

    services(answers)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(query, "call", registered)
        found = query.find("2020Z110900004")
    assert found.registered is not None
    assert found.registered.status == "revoked"
    use = "{{ old_case_of(case, kinds, states, registered) }}"
    macro = "{% from 'query/parts.html' import old_case_of with context %}" + use
    words = {"kinds": {"work": "作品"}, "states": {"completed": "已办结"}}
    for stands, said in ((found.registered, True), (CertificateCheck(status="valid"), False), (None, False)):
        page = shown(macro, "zh", case=found.case, registered=stands, **words)
        assert ("登记已被撤销" in page) is said
