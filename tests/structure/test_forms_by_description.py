"""The gateway knows no field of a form by name: what it shows, reads and says follows from filing's description."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from contracts.forms import FORMS, Registered
from filing.types import TYPES
from gateway.pages.materials import ACCEPT
from pydantic import BaseModel

GATEWAY = Path(__file__).resolve().parents[2] / "gateway" / "gateway"
EVERYWHERE = {
    "name": "what anything is called: a route, a header, an account's owner",
    "title": "of pages, tools, documents, cases and the register",
    "kind": "of an account, a job, a case",
    "description": "of a form (contracts.forms.FormDescription), and of what OpenAPI describes",
    "purpose": "what an upload is for",
    "version": "of a draft, of this interface",
    "hours": "of any period",
    "minutes": "of any period",
    "seconds": "of any period",
    "duration": "of a recording, as the pre-check measured it",
}
"""Words of the gateway's own that a form's field happens to have too."""
THERE = {
    "rights": (
        "what of a registration is whose (contracts.dealings, contracts.procedures)",
        {"forms/dealt.py", "pages/held.py", "web/texts.py"},
    ),
    "pledge": (
        "a procedure, not what it is about",
        {"templates/components/case_words.html", "finding_guides.py", "pages/approval_words.py"},
    ),
    "address": (
        "the office's, where a file is, and where a connection comes from",
        {
            "front/serving.py",
            "templates/registration/submitted.html",
            "templates/account/case.html",
        },
    ),
    "postcode": ("the office's", {"templates/registration/submitted.html", "templates/account/case.html"}),
    "applicant": (
        "who acted",
        {"pages/case_history.py", "templates/components/case_words.html", "templates/staff/case.html"},
    ),
    "parts": (
        "of readiness, of a statement, of what is printed at once, and templates/parts",
        {
            "health.py",
            "pages/health.py",
            "templates/base.html",
            "templates/staff_base.html",
            "api/batch_papers.py",
            "batches/printing.py",
            "pages/batch_papers.py",
            "pages/staff_bank.py",
            "templates/staff/bank_statement.html",
        },
    ),
    "full_name": ("of a method, with its service", {"web/calls.py"}),
    "process": ("of the operating system", {"testing.py"}),
    "contact": ("the new address of who asks for an account", {"templates/staff/recovery.html"}),
    "category": (
        "a column of the queue, and what it is filtered by",
        {"pages/staff_examinations.py", "templates/staff/examinations.html"},
    ),
}
"""As :data:`EVERYWHERE`, in these files alone."""
OF_AN_ACCOUNT = {"email", "mobile", "id_type"}
"""Fields of an account, of signing up, and kinds of entries (an address of mail is entered as one)."""
ACCOUNTS = (
    "api/accounts.py",
    "pages/account.py",
    "pages/message_settings.py",
    "templates/account/settings.html",
    "pages/sign_",
    "pages/verification.py",
    "pages/holding.py",
    "templates/account/holding.html",
    "pages/staff_verifications.py",
    "pages/recovery.py",
    "pages/recovery_cases.py",
    "pages/old_accounts.py",
    "templates/account/old_accounts.html",
    "pages/staff_recoveries.py",
    "templates/recovery/",
    "templates/staff/recovery.html",
    "templates/staff/account_file.html",
    "templates/staff/case_file.html",
)
ACCOUNTS += ("templates/sign_", "templates/account/sessions.html", "templates/components/form_fields.html")
ACCOUNTS += ("forms/values.py", "forms/rendering.py")
OTHER_CONTRACTS = {
    "pages/mailing": "a postal address (contracts.mailing)",
    "templates/staff/mailing": "a postal address (contracts.mailing)",
    "pages/enquiry_words.py": "who calls (contracts.enquiries)",
    "pages/staff_enquiries.py": "who calls (contracts.enquiries)",
    "templates/staff/callbacks.html": "who calls (contracts.enquiries)",
    "templates/staff/enquiry": "who calls (contracts.enquiries)",
    "templates/account/parcel.html": "a postal address (contracts.mailing)",
    "templates/query/": "what the register says of an entry (contracts.archive, contracts.gazette)",
    "pages/fee_calculator.py": "what a fee depends on (contracts.payment)",
    "templates/guides/calculator.html": "what a fee depends on (contracts.payment)",
    "pages/gazette.py": "what the register says of an entry (contracts.archive, contracts.gazette)",
    "templates/components/old_records.html": "what the old register says of an entry (contracts.archive)",
    "templates/old/": "what a case of the old system is registered with (contracts.legacy.cases)",
    "templates/staff/old_case": "what a case of the old system is registered with (contracts.legacy.cases)",
    "pages/staff_old_decisions.py": "what a case of the old system is registered with (contracts.legacy.cases)",
    "pages/procedure_words.py": "kinds of contracts (contracts.dealings)",
    "pages/import_words.py": "what rows of the old system have (contracts.legacy)",
    "pages/staff_office_acts.py": "what the register says (contracts.office_acts)",
    "pages/office_act_words.py": "what the register says (contracts.office_acts)",
    "templates/staff/office_act_new.html": "what the register says (contracts.office_acts)",
    "pages/staff_register.py": "what the register says (contracts.dealings)",
    "templates/staff/register_parts.html": "what the register says (contracts.dealings)",
    "templates/staff/office_act_propose.html": "what the register says (contracts.office_acts)",
    "templates/staff/lookups.html": "what is found (contracts.lookups)",
    "templates/staff/lookup_parts.html": "a postal address (contracts.mailing)",
    "templates/guides/paper.html": "where the office is",
    "pages/deposit_builder.py": "what a deposit is made of (contracts.tools)",
    "api/mailing.py": "where a parcel goes (contracts.mailing)",
    "api/deposits.py": "what a deposit is made of (contracts.tools)",
    "templates/tools/": "what checks and deposits are asked about files (contracts.tools)",
    "templates/components/checks.html": "what checks are asked about files (contracts.tools)",
    "pages/tools.py": "what checks are asked about files (contracts.tools)",
    "pages/material_kinds.py": "what checks are asked about files (contracts.tools)",
    "api/prechecks.py": "what checks are asked about files (contracts.tools)",
    "api_guide/tutorial.py": "a whole form is the example of one who files; who that is, is put into it",
}
"""Files about something else than forms whose own contract has fields of the same names."""
PATH = re.compile(r"[\w.{}]+")
IN_TEMPLATES = re.compile(r"(?<=[.'\"])[a-z_]+(?=\b)")


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from models_in(inner)


def names_of(model: type[BaseModel]) -> Iterator[str]:
    if model is Registered:  # what the register says, by the names of contracts.archive
        return
    for name, field in model.model_fields.items():
        yield name
        for inner in models_in(field.annotation):
            yield from names_of(inner)


@cache
def fields() -> frozenset[str]:
    """Every field of every form, and of what forms are made of."""
    return frozenset(name for model in FORMS.values() for name in names_of(model))


def words_of_code(text: str) -> Iterator[str]:
    """Attributes, keywords of calls, and texts that are a name or a path of names."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and PATH.fullmatch(node.value):
            yield from re.split(r"[.{}]", node.value)


def words_of_template(text: str) -> Iterator[str]:
    """What stands after a dot or begins a text in quotes, in expressions and statements alone."""
    for part in re.findall(r"\{[{%].*?[%}]\}", text, re.DOTALL):
        yield from IN_TEMPLATES.findall(re.sub(r"_\('[^']*'", "", part))


def meant_otherwise(word: str, file: str) -> bool:
    if word in EVERYWHERE or file in THERE.get(word, ("", ()))[1]:
        return True
    return (word in OF_AN_ACCOUNT and file.startswith(ACCOUNTS)) or file.startswith(tuple(OTHER_CONTRACTS))


def found_in(file: str, text: str) -> set[str]:
    words = words_of_code(text) if file.endswith(".py") else words_of_template(text)
    return {word for word in words if word in fields() and not meant_otherwise(word, file)}


@pytest.mark.requirement("F-02")
def test_no_field_of_a_form_is_named_in_the_gateway() -> None:
    named = {}
    for file in sorted((*GATEWAY.rglob("*.py"), *GATEWAY.rglob("*.html"))):
        path = file.relative_to(GATEWAY).as_posix()
        if not path.startswith("migrations/") and (found := found_in(path, file.read_text(encoding="utf-8"))):
            named[path] = found
    assert named == {}


@pytest.mark.requirement("F-02")
def test_no_field_has_the_name_of_an_entry_that_pages_send_for_themselves() -> None:
    """A program's ``version`` once met the draft's own, and was lost."""
    of_pages = {"csrf_token", "idempotency_key", "action", "draft", "given", "answers", "sign", "otp", "sha256"}
    templates = (GATEWAY / "templates" / place for place in ("registration/step.html", "account/correction.html"))
    sent = {name for file in templates for name in re.findall(r'name="([a-z_0-9]+)', file.read_text(encoding="utf-8"))}
    assert sent - of_pages - {"role"} == set(), "an entry of the page's own"
    assert {name for model in FORMS.values() for name in model.model_fields} & of_pages == set()


def test_the_rule_sees_fields_however_they_are_named() -> None:
    assert {"completion_date", "word_count", "owners"} <= fields()
    assert found_in("pages/x.py", "case.form['completion_date']") == {"completion_date"}
    assert found_in("pages/x.py", "form.word_count; f'owners.{row}.nationality'") == {
        "word_count",
        "owners",
        "nationality",
    }
    assert found_in("templates/x.html", "{{ form.category }}{% if 'authors' %}") == {"category", "authors"}
    assert found_in("templates/x.html", 'authors <p class="category">') == set()


def test_nothing_is_excused_that_is_not_there() -> None:
    for word, (_meaning, files) in THERE.items():
        for file in files:
            assert word in (GATEWAY / file).read_text(encoding="utf-8"), f"{word} no longer stands in {file}"
    for start in (*OTHER_CONTRACTS, *ACCOUNTS):
        assert [*GATEWAY.glob(f"{start}*")] or (GATEWAY / start).exists(), start


@pytest.mark.parametrize("profile", ["artwork_image", "photograph"])
def test_the_hint_of_a_picture_names_what_is_taken(profile: str) -> None:
    """A walk: the hint named three kinds of picture, the refusal eight."""
    [sample] = [each for each in TYPES["work_registration"].fields.material if profile in each.hint_by_profile]
    taken = {end.removeprefix(".") for end in ACCEPT[profile].split(",")} - {"jpeg", "tif"}
    for hint in (sample.hint_by_profile[profile].zh, sample.hint_by_profile[profile].en):
        assert [end for end in sorted(taken) if end not in hint.lower()] == []
