"""Everything that can stand in the course of a case, or in its dossier, has words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

import pytest
from contracts.archive import DossierEntry
from contracts.catalogue import EVENTS
from filing.cases.model import Action
from flask import render_template_string
from gateway.pages.case_history import Happened
from lxml import html

from tests.author import Author
from tests.one_process import System
from tests.pages.test_office_desks import at_desk, words

NOW = datetime.now(UTC)
DOSSIER = "{% from 'components/dossier.html' import dossier_history with context %}{{ dossier_history(entries) }}"
COURSE = "{% from 'components/case_words.html' import action_history with context %}{{ action_history(actions, '') }}"


@pytest.fixture(scope="module")
def author(system: System) -> Author:
    return Author.settled(system)


def told(system: System, template: str, **shown: object) -> list[str]:
    with system.app.test_request_context("/"):
        return [
            str(one) for one in html.fromstring(render_template_string(template, **shown)).xpath(".//li/span/text()")
        ]


@pytest.mark.requirement("A-05")
def test_every_event_that_a_dossier_can_hold_has_words(system: System) -> None:
    events = sorted(
        (one.source, one.name)
        for one in EVENTS.values()
        if "archive" in one.consumers and "application_id" in one.data.model_fields
    )
    entries = [DossierEntry(at=NOW, event=name, source=source, actor="") for source, name in events]
    found = told(system, DOSSIER, entries=entries)
    assert len(found) == len(events) > 20
    assert [name for (_, name), line in zip(events, found, strict=True) if name in line] == []


@pytest.mark.requirement("F-14")
def test_every_action_has_words(system: System) -> None:
    actions = [Happened(NOW, name, "staff") for name in (*get_args(Action), "register_corrected")]
    found = told(system, COURSE, actions=actions)
    assert [line for line in found if "_" in line] == []
    assert len(found) == len(actions)


@pytest.mark.requirement("I-11")
def test_who_looks_into_the_offices_work_reads_who_took_each_step(system: System, author: Author) -> None:
    place = f"/staff/lookups/cases/{author.ids['application_id']}"
    for role, purpose, told_who in (
        ("archivist", "authority", True),
        ("administrator", "supervision", True),
        ("archivist", "enquiry", False),
        ("customer_service", "supervision", False),
    ):
        opened = at_desk(system, role).get(f"{place}?purpose={purpose}")
        assert ("acc-examiner" in words(opened)) == told_who, (role, purpose)
    statement = "SELECT facts ->> 'named', facts ->> 'purpose' FROM audit WHERE action = 'case.open_file' ORDER BY id"
    written = system.services["filing"].as_owner(statement)
    assert written[-4:] == [("true", "authority"), ("true", "supervision"), (None, "enquiry"), (None, "supervision")]


@pytest.mark.requirement("I-12")
def test_customer_service_reads_what_the_applicant_was_told_and_whom_to_call(system: System, author: Author) -> None:
    place = f"/staff/lookups/cases/{author.ids['application_id']}"
    number, masked = author.who.mobile, f"{author.who.mobile[:3]}****{author.who.mobile[-4:]}"
    desk = at_desk(system, "customer_service")
    page = words(desk.get(f"{place}?purpose=enquiry"))
    assert (masked in page, number in page, "发给申请人的消息" in page) == (True, False, True)
    told = next(one["subject"] for one in author.get("/messages")["items"] if one["application_id"])
    assert told in page
    assert number in words(desk.get(f"{place}?purpose=enquiry&number=whole"))
    other = words(at_desk(system, "archivist").get(f"{place}?purpose=records&number=whole"))
    assert (masked in other, number in other, "发给申请人的消息" in other) == (False, False, False)
    statement = (
        "SELECT facts ->> 'whole', facts ->> 'purpose' FROM audit WHERE action = 'account.open_contact' ORDER BY id"
    )
    assert system.services["identity"].as_owner(statement)[-2:] == [("false", "enquiry"), ("true", "enquiry")]
