"""What people choose of their messages: every kind of message has its channels, and nothing that binds is lost."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import pytest
from chassis.errors import Problem
from contracts.base import Empty
from contracts.identity import ConfirmEmail
from contracts.identity.choices import CHOOSE_MESSAGES, GET_MESSAGE_CHOICES, ChooseMessages
from identity.messages.channels import ANSWERS, KIND_OF, KINDS, NEEDS, OFFICE, OUTSIDE, channels
from identity.messages.model import TEXTS

from contracts import filing, identity

pytestmark = pytest.mark.requirement("W-05")
ALL_OFF = {f"{kind}.{channel}" for kind in KINDS for channel in OUTSIDE}
BOTH = set(OUTSIDE)
ADDRESS = "zhang@example.com"


def test_every_message_has_one_class() -> None:
    classes = [set(KIND_OF), set(OFFICE), set(ANSWERS)]
    assert set.union(*classes) == set(TEXTS.codes("subject"))
    assert sum(map(len, classes)) == len(TEXTS.codes("subject"))
    assert set(NEEDS) == set(KINDS) == set(KIND_OF.values())


@pytest.mark.parametrize("template", sorted(TEXTS.codes("subject")))
def test_what_goes_out_of_every_message(template: str) -> None:
    """By what is turned off and what reaches the account: a table over every message there is."""
    need = NEEDS[KIND_OF[template]] if template in KIND_OF else "all"
    for reached, off in product(_subsets(), _subsets()):
        kind = KIND_OF.get(template, "")
        sent = channels(template, {f"{kind}.{channel}" for channel in off}, reached)
        expected = {"free": reached - off, "one": (reached - off) or reached, "all": reached}[need]
        assert sent == expected, (template, reached, off)
    assert channels(template, ALL_OFF - {f"{KIND_OF.get(template)}.{one}" for one in OUTSIDE}, BOTH) == BOTH


def _subsets() -> list[set[Any]]:
    return [set(), {"sms"}, {"email"}, {"sms", "email"}]


def chosen(office: Any, person: Any, **facts: Any) -> Any:
    return office.call(CHOOSE_MESSAGES, ChooseMessages.model_validate(facts), person.actor)


def tell(office: Any, person: Any, event: Any, **facts: Any) -> set[str]:
    """The channels of what was written when this happened to a case of the person."""
    case = {"application_id": "app-1", "account_id": person.account_id, "kind": "work", "form_code": "Z11"}
    case |= {"type": "work_registration", "title": "墨石记", "serial_number": "2026Z11S000123", "acceptance_number": ""}
    before = {one.message_id for one in office.messages()}
    office.harness.deliver(event, event.data.model_validate(case | facts))
    return {one.channel for one in office.messages() if one.message_id not in before}


def paper(office: Any, person: Any) -> set[str]:
    moment = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    return tell(office, person, filing.PAPER_RECEIVED, received_at=moment, received_by="acc-x")


def correction(office: Any, person: Any) -> set[str]:
    more = {"correction_id": "cor-1", "due_on": date(2026, 12, 23), "defects": 2}
    return tell(office, person, filing.CORRECTION_REQUESTED, **more)


def test_progress_can_be_silenced_and_a_deadline_cannot(office: Any) -> None:
    person = office.sign_up()
    assert paper(office, person) == {"in_app", "sms"}
    reply = chosen(office, person, items=[{"kind": "progress", "sms": False, "email": False}])
    assert {item.kind for item in reply.items if not item.sms} == {"progress"}
    assert (reply.sms_reaches, reply.email_reaches) == (True, False)
    assert paper(office, person) == {"in_app"}
    with pytest.raises(Problem, match="message_channel_required") as refused:
        chosen(office, person, items=[{"kind": "deadlines", "sms": False, "email": False}])
    assert [error.field for error in refused.value.errors] == ["items.0"]
    with pytest.raises(Problem, match="message_channel_required"):
        chosen(office, person, items=[{"kind": "security", "sms": True, "email": False}])
    assert correction(office, person) == {"in_app", "sms"}


def test_what_must_go_out_goes_by_what_reaches(office: Any) -> None:
    """Letters instead of SMS hold while the address is confirmed; without it the SMS goes out again."""
    person = office.sign_up(email=ADDRESS)
    letters = [{"kind": kind, "sms": False, "email": True} for kind in ("progress", "deadlines")]
    chosen(office, person, items=letters)
    assert correction(office, person) == {"in_app", "sms"}, "the address is not confirmed"
    code = office.code_in(next(one for one in office.messages(ADDRESS) if one.template == "otp_email"))
    office.call(identity.CONFIRM_EMAIL, ConfirmEmail(otp=code), person.actor)
    assert correction(office, person) == {"in_app", "email"}
    assert paper(office, person) == {"in_app", "email"}
    office.call(identity.CHANGE_EMAIL, identity.ChangeEmail(email="other@example.com"), person.actor)
    assert correction(office, person) == {"in_app", "sms"}
    assert paper(office, person) == {"in_app"}


def test_the_language_of_messages_is_a_choice_and_the_holder_is_told(office: Any) -> None:
    person = office.sign_up()
    before = len(office.messages(person.mobile))
    assert chosen(office, person, message_language="en").message_language == "en"
    told = office.messages(person.mobile)
    assert told[0].template == "messages_chosen"
    assert "notification settings" in told[0].body
    assert len(told) == before + 1
    chosen(office, person, message_language="en", items=[{"kind": "money", "sms": True, "email": True}])
    assert len(office.messages(person.mobile)) == before + 1, "nothing changed, nothing is told"
    paper(office, person)
    assert "paper" in office.messages(person.mobile)[0].body
    assert office.code_for(person.mobile, "sign_in")
    assert "valid for" in office.messages(person.mobile)[0].body


def test_everybody_chooses_for_themselves(office: Any) -> None:
    person, other = office.sign_up(), office.sign_up()
    chosen(office, person, items=[{"kind": "progress", "sms": False, "email": False}])
    shown = office.call(GET_MESSAGE_CHOICES, Empty(), other.actor)
    assert all(item.sms and item.email for item in shown.items)
    assert paper(office, other) == {"in_app", "sms"}
