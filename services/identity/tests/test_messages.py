"""Messages: one per event and channel, in two languages, saying what comes next."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from chassis.errors import Problem
from chassis.testing import anonymous
from contracts.base import Empty, EventType, Model
from contracts.catalogue import events_for
from contracts.certificates import AffectingAct, DealingState
from contracts.expedite import ExpediteState
from contracts.held import HeldBecause
from contracts.identity import ConfirmEmail, ListMessages, ReadMessage
from contracts.identity.recoveries import RefusalReason
from contracts.legacy.cases import LegacyState
from identity.messages.model import TEXTS, render, usual_reason, wording

from contracts import archive, expedite, filing, identity, legacy_bridge, mailing, office_acts, payment, refunds, seals

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.mark.requirement("W-05")
@pytest.mark.parametrize(
    ("language", "reason", "told"),
    [
        ("zh", "样本看不清。", "样本看不清。《不予登记通知书》"),
        ("zh", "样本看不清", "样本看不清。《不予登记通知书》"),
        ("zh", "这是什么？", "这是什么？《不予登记通知书》"),
        ("en", "It cannot be read.", "It cannot be read. The Notice"),
        ("en", "It cannot be read...", "It cannot be read.... The Notice"),
    ],
)
def test_a_sentence_that_somebody_wrote_ends_once(language: str, reason: str, told: str) -> None:
    facts = dict.fromkeys(("at", "title", "serial_number", "acceptance_number"), "1")
    body = render("application_refused", "in_app", language, {**facts, "reason": reason}).body
    assert told in body
    assert "。。" not in body


def _case(account_id: str, **more: Any) -> dict[str, Any]:
    facts = {
        "application_id": "app-1",
        "account_id": account_id,
        "kind": "work",
        "type": "work_registration",
        "form_code": "Z11",
        "title": "墨石{山}记",
        "serial_number": "2026Z11S000123",
        "acceptance_number": "2026Z11L000045",
    }
    return facts | more


SAMPLE = {"zh": "作品样本", "en": "The sample of the work"}


def events_of_a_case(account_id: str) -> list[tuple[EventType[Any], dict[str, Any], str]]:
    """Every event that identity listens to, with a word that its messages must say."""
    order = {"order_id": "ord-1", "amount": 30000}
    shared = ("application_id", "account_id", "serial_number", "title")
    order |= {name: value for name, value in _case(account_id).items() if name in shared}
    certificate = {
        "application_id": "app-1",
        "account_id": account_id,
        "title": "墨石{山}记",
        "registration_number": "国作登字-2026-A-00000045",
        "registered_on": date(2026, 12, 1),
        "certificate_sha256": "ab" * 32,
        "documents": [],
    }
    parcel = {"parcel_number": "ZS202600000001", "at_on": date(2026, 12, 3), "tracking_number": "EE123456785CN"}
    submitted = {"submitted_at": NOW, "fee_basis": {}, "materials": [], "evidence": "token"}
    approved = {"approved_at": NOW, "approved_by": "acc-x", "form": {}, "owners": [], "sample_sha256": []}
    accepted = {"accepted_on": date(2026, 11, 23), "examination_due_on": date(2027, 1, 22), "paper_required": True}
    return [
        (filing.APPLICATION_SUBMITTED, _case(account_id, **submitted), "2026Z11S000123"),
        (payment.ORDER_CREATED, order | {"lines": [], "created_at": NOW, "pay_by": date(2026, 12, 14)}, "¥300.00"),
        (payment.ORDER_PAID, order | {"method": "wechat", "payment_id": "pay-1", "paid_at": NOW}, "¥300.00"),
        (filing.APPLICATION_ACCEPTED, _case(account_id, **accepted), "2027年1月22日"),
        (filing.PAPER_DEFICIENT, _case(account_id, noted_at=NOW, missing="身份证复印件"), "缺：身份证复印件"),
        (
            filing.PAPER_DEFICIENT,
            _case(account_id, noted_at=NOW, missing="x", papers=[SAMPLE], remark="封面", due_on=date(2099, 12, 23)),
            "缺：作品样本；封面。请在 2099年12月23日 前",
        ),
        (filing.PAPER_RECEIPT_CORRECTED, _case(account_id, corrected_at=NOW), "递交期限"),
        (
            filing.PAPER_RECEIPT_CORRECTED,
            _case(account_id, corrected_at=NOW, due_on=date(2099, 12, 23)),
            "2099年12月23日",
        ),
        (
            filing.PAPER_RECEIPT_CORRECTED,
            _case(account_id, corrected_at=NOW, received_at=datetime(2026, 11, 20, 4, tzinfo=UTC)),
            "2026年11月20日",
        ),
        (filing.PAPER_RECEIVED, _case(account_id, received_at=NOW, received_by="acc-x"), "2026Z11L000045"),
        (
            filing.CORRECTION_REQUESTED,
            _case(account_id, correction_id="cor-1", due_on=date(2026, 12, 23), defects=2),
            "2026年12月23日",
        ),
        (filing.CORRECTION_ANSWERED, _case(account_id, correction_id="cor-1", answered_at=NOW), "2026Z11L000045"),
        (filing.APPLICATION_APPROVED, _case(account_id, **approved), "准予登记"),
        (filing.APPLICATION_APPROVED, _case(account_id, **approved, act="changed"), "证书或证明"),
        (filing.APPLICATION_APPROVED, _case(account_id, **approved, act="revoked"), "登记证书不再有效"),
        (
            filing.APPLICATION_REFUSED,
            _case(account_id, refused_at=NOW, reason="缺乏独创性", decided_by=["a", "b"]),
            "缺乏独创性",
        ),
        (filing.APPLICATION_WITHDRAWN, _case(account_id, withdrawn_at=NOW, reason=""), "撤回"),
        (
            filing.APPLICATION_WITHDRAWN,
            _case(account_id, withdrawn_at=NOW, reason="", fee={"amount": 15000, "accepted_on": date(2026, 11, 23)}),
            "¥150.00 不退还",
        ),
        (
            filing.APPLICATION_WITHDRAWN,
            _case(account_id, withdrawn_at=NOW, reason="", fee={"amount": 15000}),
            "费用 ¥150.00 将退还",
        ),
        (
            filing.APPLICATION_LAPSED,
            _case(
                account_id,
                lapsed_on=date(2026, 12, 24),
                reason="correction_not_answered",
                fee={"amount": 15000, "accepted_on": date(2026, 11, 23)},
            ),
            "¥150.00 不退还",
        ),
        (
            filing.APPLICATION_LAPSED,
            _case(account_id, lapsed_on=date(2026, 12, 24), reason="fee_not_paid"),
            "2026年12月24日",
        ),
        (
            payment.MONEY_HELD,
            order | {"because": "case_ended", "held_at": NOW},
            "原路退还",
        ),
        (
            expedite.EXPEDITE_ADVANCED,
            order
            | {"expedite_id": "exp-1", "kind": "work", "tier": "days_3", "tier_zh": "3个工作日", "tier_en": "3 days"}
            | {"working_days": 3, "tariff": "expedite_3", "previous": "granted", "state": "active"}
            | {"due_on": date(2026, 12, 2), "advanced_at": NOW},
            "2026年12月2日",
        ),
        (refunds.REFUND_ADVANCED, order | {"refund_id": "rfd-1", "step": "approved", "advanced_at": NOW}, "核准"),
        (
            refunds.ORDER_REFUNDED,
            order | {"refund_id": "rfd-1", "method": "wechat", "whole": True, "refunded_at": NOW},
            "已退回",
        ),
        (
            refunds.ORDER_REFUNDED,
            order | {"refund_id": "rfd-2", "method": "bank", "whole": True, "refunded_at": NOW},
            "已由银行汇",
        ),
        (
            payment.ORDER_CANCELLED,
            order | {"corrects": "ord-0", "reason": "written_off", "cancelled_at": NOW},
            "¥300.00",
        ),
        (archive.CERTIFICATE_ISSUED, certificate, "国作登字-2026-A-00000045"),
        (archive.CERTIFICATE_ISSUED, certificate | {"number": "作登变补字第00000001号"}, "作登变补字第00000001号"),
        (mailing.PARCEL_ADVANCED, certificate | parcel | {"state": "sent"}, "EE123456785CN"),
        (mailing.PARCEL_ADVANCED, certificate | parcel | {"state": "returned"}, "退回"),
        (mailing.PARCEL_ADVANCED, certificate | parcel | {"state": "sent", "corrected": True}, "仍在投递中"),
        (mailing.PARCEL_ADVANCED, certificate | parcel | {"state": "delivered", "corrected": True}, "妥投"),
        (archive.CERTIFICATE_REISSUED, certificate | {"ground": "lost", "edition": 2}, "新证书"),
        (archive.CERTIFICATE_REISSUED, certificate | {"ground": "clerical_error", "edition": 3}, "更正"),
        (archive.CERTIFICATE_REVOKED, certificate | {"ground": "own_request", "number": "撤1"}, "申请"),
        *(
            (
                office_acts.OFFICE_ACT_ADVANCED,
                certificate
                | {"act_id": "act-1", "act": act, "ground": "", "state": state, "text": "说明", "advanced_at": NOW}
                | {"hear_until": date(2026, 12, 30)},
                "登记",
            )
            for act, state in (("revoked", "proposed"), ("revoked", "dismissed"), ("corrected", "dismissed"))
        ),
        *(
            (
                seals.DEPOSIT_SEAL_CHANGED,
                certificate
                | {"change": change, "by": "acc-1", "changed_at": NOW, "changed_on": date(2026, 12, 30)}
                | {"court": "长江区人民法院", "order_number": "（2026）长01民初1号"},
                said,
            )
            for change, said in (("sealed", "封存"), ("unsealed", "启封"), ("opened", "（2026）长01民初1号"))
        ),
        (archive.CERTIFICATE_REVOKED, certificate | {"ground": "judgment", "number": "撤2"}, "登记"),
    ]


def _data(event: EventType[Any], facts: dict[str, Any]) -> Model:
    names = event.data.model_fields
    return event.data.model_validate({name: value for name, value in facts.items() if name in names})


TELL_NOBODY = ("application_moved", "moved_case_used")
"""The move itself is told to both accounts, once for all their cases."""


@pytest.mark.requirement("W-05")
def test_every_step_of_a_case_is_told_once_in_app_and_by_sms(office: Any) -> None:
    person = office.sign_up()
    events = events_of_a_case(person.account_id)
    of_cases = {
        event.type
        for event in events_for("identity")
        if not event.name.startswith(("legacy_", "batch_", "dealing_", "registration_affected", *TELL_NOBODY))
    }
    assert {event.type for event, _, _ in events} == of_cases
    for event, facts, word in events:
        event_id = office.harness.deliver(event, _data(event, facts))
        office.harness.deliver(event, _data(event, facts), event_id=event_id)
        latest = office.messages()[:2]
        assert {message.channel for message in latest} == {"sms", "in_app"}, event.name
        for message in latest:
            assert word in message.subject + message.body, event.name
            assert "墨石{山}记" in message.body
            assert message.application_id == "app-1"
    told = [message for message in office.messages(person.account_id) if message.application_id]
    assert len(told) == len(events)


@pytest.mark.requirement("F-10")
def test_who_sends_paper_after_all_is_told_a_day_that_can_be_kept(office: Any) -> None:
    person = office.sign_up()
    with office.harness.uow() as uow:
        today = uow.today()
    corrected = _case(person.account_id, corrected_at=NOW)
    for due_on, template in (
        (today, "paper_taken_back"),
        (today - timedelta(days=1), "paper_taken_back_late"),
        (None, "paper_taken_back_late"),
    ):
        event = filing.PAPER_RECEIPT_CORRECTED
        office.harness.deliver(event, _data(event, corrected | {"due_on": due_on}))
        told = office.messages()[:2]
        assert {message.template for message in told} == {template}
        day = wording("zh", {"due_on": today})["due_on"]
        assert all((day in message.body) == (due_on == today) for message in told)


@pytest.mark.requirement("F-09")
@pytest.mark.requirement("F-10")
def test_whoevers_paper_is_there_before_the_acceptance_is_not_asked_for_it(office: Any) -> None:
    person = office.sign_up()
    accepted = {"accepted_on": date(2026, 11, 23), "examination_due_on": date(2027, 1, 22), "paper_required": True}
    for awaited, template, asked in (
        (True, "application_accepted_paper", True),
        (False, "application_accepted", False),
        (None, "application_accepted_paper", True),  # an event of before it was said
    ):
        facts = _case(person.account_id, **accepted, paper_awaited=awaited)
        office.harness.deliver(filing.APPLICATION_ACCEPTED, _data(filing.APPLICATION_ACCEPTED, facts))
        told = office.messages()[:2]
        assert {message.channel: message.template for message in told} == {"sms": template, "in_app": template}
        assert all(("封面" in message.body) == asked for message in told)


OLD_STATES = sorted(set(get_args(LegacyState)) - {"lapsed"})
OLD_STEPS = [(state, "accepted", False) for state in OLD_STATES]
OLD_STEPS += [("lapsed", state, False) for state in ("fee_due", "correction_due")]
OLD_STEPS += [(state, state, True) for state in ("fee_due", "correction_due")]


@pytest.mark.requirement("W-05")
@pytest.mark.requirement("L-01")
def test_every_step_of_an_old_case_is_told_once_in_either_language(office: Any) -> None:
    person = office.sign_up()
    steps = [(*step, amount) for step in OLD_STEPS for amount in ((0, 25000) if step[0] == "fee_due" else (0,))]
    facts = {"application_id": "leg-1", "account_id": person.account_id, "title": "气象{系}统", "advanced_at": NOW}
    facts |= {
        "serial_number": "2019R110000001",
        "acceptance_number": "",
        "due_on": date(2026, 12, 23),
        "text": "请盖章",
    }
    said = set()
    for state, previous, ending, amount in steps:
        step = facts | {"state": state, "previous": previous, "ending": ending, "amount": amount}
        data = _data(legacy_bridge.LEGACY_CASE_ADVANCED, step | {"registration_number": "2026SR000001"})
        event_id = office.harness.deliver(legacy_bridge.LEGACY_CASE_ADVANCED, data)
        office.harness.deliver(legacy_bridge.LEGACY_CASE_ADVANCED, data, event_id=event_id)
        latest = office.messages()[:2]
        assert {message.channel for message in latest} == {"sms", "in_app"}, state
        for message in latest:
            assert "气象{系}统" in message.body
            assert message.application_id == "leg-1"
            assert ("¥250.00" in message.body) == (amount > 0)
            assert ("请盖章" in message.body) == (
                message.channel == "in_app" and state in ("correction_due", "refused")
            )
        said |= {message.body for message in latest}
    assert len(said) == 2 * len(steps), "each step has words of its own"
    for language, word in (("zh", "旧业务"), ("en", "old case")):
        asked = ListMessages(limit=50, language=language)
        told = [each for each in office.call(identity.LIST_MESSAGES, asked, person.actor).items if each.application_id]
        assert len(told) == len(steps)
        assert all(word in message.body for message in told)


@pytest.mark.requirement("W-05")
def test_a_confirmed_address_receives_letters_too(office: Any) -> None:
    person = office.sign_up(email="zhang@example.com")
    code = office.code_in(office.messages("zhang@example.com")[0])
    office.call(identity.CONFIRM_EMAIL, ConfirmEmail(otp=code), person.actor)
    event, facts, _ = events_of_a_case(person.account_id)[0]
    office.harness.deliver(event, _data(event, facts))
    assert office.messages("zhang@example.com")[0].template == "application_submitted"


@pytest.mark.requirement("W-05")
def test_one_reads_ones_own_messages_in_either_language(office: Any) -> None:
    person, other = office.sign_up(), office.sign_up()
    for event, facts, _ in events_of_a_case(person.account_id)[:4]:
        office.harness.deliver(event, _data(event, facts))
    listed = office.call(identity.LIST_MESSAGES, ListMessages(limit=2), person.actor)
    assert (len(listed.items), listed.unread) == (2, 5)
    assert [message.template for message in listed.items] == ["application_accepted_paper", "order_paid"]
    rest = office.call(identity.LIST_MESSAGES, ListMessages(cursor=listed.next_cursor), person.actor)
    assert len(rest.items) == 3
    assert rest.next_cursor is None
    english = office.call(identity.LIST_MESSAGES, ListMessages(limit=1, language="en"), person.actor).items[0]
    assert "22 January 2027" in english.body
    first = listed.items[0].message_id
    with pytest.raises(Problem, match="message_unknown"):
        office.call(identity.READ_MESSAGE, ReadMessage(message_id=first), other.actor)
    with pytest.raises(Problem, match="not_signed_in"):
        office.call(identity.LIST_MESSAGES, ListMessages(), anonymous())
    office.call(identity.READ_MESSAGE, ReadMessage(message_id=first), person.actor)
    unread = office.call(identity.LIST_MESSAGES, ListMessages(unread_only=True), person.actor)
    assert unread.unread == 4
    assert first not in {message.message_id for message in unread.items}
    office.call(identity.READ_ALL_MESSAGES, Empty(), other.actor)
    assert office.call(identity.LIST_MESSAGES, ListMessages(), person.actor).unread == 4, "only one's own"
    office.call(identity.READ_ALL_MESSAGES, Empty(), person.actor)
    listed = office.call(identity.LIST_MESSAGES, ListMessages(), person.actor)
    assert (listed.unread, len(listed.items)) == (0, 5)


def test_an_event_about_an_account_of_elsewhere_is_handled_quietly(office: Any) -> None:
    event, facts, _ = events_of_a_case("acc-of-elsewhere")[0]
    office.harness.deliver(event, _data(event, facts))
    assert office.messages() == []


@pytest.mark.requirement("W-04")
def test_every_template_has_a_subject_and_something_to_say() -> None:
    assert {*TEXTS.codes("sms"), *TEXTS.codes("body")} == set(TEXTS.codes("subject"))


@pytest.mark.requirement("W-04")
def test_a_message_counts_as_its_language_does() -> None:
    for minutes, said in (("1", "valid for 1 minute."), ("10", "valid for 10 minutes.")):
        assert said in render("otp_sign_in", "sms", "en", {"code": "123456", "minutes": minutes}).body
    assert "10 分钟内有效" in render("otp_sign_in", "sms", "zh", {"code": "123456", "minutes": "10"}).body
    assert render("otp_sign_in", "in_app", "en", {"code": "123456", "minutes": "1"}).body == ""


def test_dates_and_money_read_as_people_write_them() -> None:
    moment = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
    assert wording("zh", {"at": moment, "amount": 30005}) == {"at": "2026年11月23日", "amount": "¥300.05"}
    assert wording("en", {"on": date(2026, 11, 2)}) == {"on": "2 November 2026"}
    assert wording("zh", {"reasons": ["照片不清楚。", "证件过期"]}) == {"reasons": "照片不清楚；证件过期"}


@pytest.mark.requirement("P-03")
@pytest.mark.requirement("W-05")
def test_what_is_missing_of_a_transfer_is_told_with_the_day_until_which_it_has_to_come(office: Any) -> None:
    person = office.sign_up()
    facts = {"order_id": "ord-1", "application_id": "app-1", "account_id": person.account_id, "title": "《海港》"}
    facts |= {"serial_number": "2026Z11S000045", "amount": 50_000, "because": "part_payment", "held_at": NOW}
    facts |= {"missing": 7_000, "pay_by": date(2026, 12, 23)}
    office.harness.deliver(payment.MONEY_HELD, _data(payment.MONEY_HELD, facts))
    for language, day in (("zh", "2026年12月23日"), ("en", "23 December 2026")):
        asked = ListMessages(limit=1, language=language)
        [told] = office.call(identity.LIST_MESSAGES, asked, person.actor).items
        assert all(part in told.body for part in ("¥500.00", "¥70.00", day, "010-61092299"))
        assert ("¥500.00" in told.subject, "¥70.00" in told.subject) == (True, True)


@pytest.mark.requirement("P-04")
@pytest.mark.requirement("W-05")
def test_what_money_of_a_whole_batch_becomes_of_names_the_batch_and_no_work(office: Any) -> None:
    person = office.sign_up()
    facts = {"order_id": "ord-1", "application_id": "app-1", "account_id": person.account_id, "title": "《海港》"}
    facts |= {"serial_number": "2026Z11S000045", "amount": 65_000, "batch": "冬季作品"}
    held = facts | {"held_at": NOW, "missing": 7_000, "pay_by": date(2026, 12, 23)}
    step, done = facts | {"refund_id": "rfd-1", "advanced_at": NOW}, facts | {"refund_id": "rfd-1", "refunded_at": NOW}
    reasons = [one for one in get_args(HeldBecause) if one != "expedite_unearned"]
    ways: list[tuple[EventType[Any], dict[str, Any]]] = [
        (payment.MONEY_HELD, held | {"because": one}) for one in reasons
    ]
    ways += [(refunds.REFUND_ADVANCED, step | {"step": one}) for one in ("approved", "sent", "failed")]
    ways += [(refunds.ORDER_REFUNDED, done | {"method": one, "whole": False}) for one in ("wechat", "bank")]
    for event, said in ways:
        office.harness.deliver(event, _data(event, said))
        for language in ("zh", "en"):
            asked = ListMessages(limit=1, language=language)
            [told] = office.call(identity.LIST_MESSAGES, asked, person.actor).items
            assert told.application_id == "app-1"
            for words in (told.subject, told.body):
                assert ("冬季作品" in words, "海港" in words, "2026Z11S000045" in words) == (True, False, False)
        assert "¥650.00" in told.body
    assert "冬季作品" in office.messages()[0].body


MANY = ("application_lapsed_", "expedite_", "legacy_case_", "money_held_", "recovery_refused_", "refund_", "staff_")
"""How templates begin of which there is one for each outcome."""


@pytest.mark.requirement("W-04")
def test_usual_reasons_are_told_in_the_readers_language_and_others_as_they_were_written() -> None:
    """Walk 34."""
    sentences = [TEXTS.say("reason", code, "zh", {}) for code in TEXTS.codes("reason")]
    for sentence in sentences:
        assert usual_reason(sentence, "zh") == sentence
        assert not re.search(r"[\u4e00-\u9fff]", usual_reason(sentence, "en")), sentence
    told = wording("en", {"reasons": [sentences[0], "请当面办理。"]})["reasons"]
    assert told == f"{usual_reason(sentences[0], 'en').rstrip('.')}; 请当面办理"


def test_every_template_is_used() -> None:
    package = Path(__file__).parents[1] / "identity"
    source = "".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py"))
    for name in TEXTS.codes("subject"):
        stem = name.removeprefix("otp_") if name.startswith("otp_") else name
        for many in (
            "affected_",
            "application_lapsed_",
            "dealing_",
            "expedite_",
            "legacy_case_",
            "money_held_",
            "recovery_refused_",
            "refund_",
            "staff_",
        ):
            stem = many if name.startswith(many) else stem
        stem = stem.removesuffix("_elsewhere")  # the same, to an address of the old system
        stem = stem.removesuffix("_batch")  # the same, of all works together
        assert f'"{stem}' in source or f'"{name}' in source, name
    refusals = {f"recovery_refused_{reason}" for reason in get_args(RefusalReason)}
    assert refusals == {name for name in TEXTS.codes("subject") if name.startswith("recovery_refused_")}


def test_the_harness_is_the_service(office: Any, later: Callable[..., None]) -> None:
    consumed = {event.type for event in events_for("identity")}
    subscribed = {
        getattr(office.harness.service, name).event.type
        for name in dir(office.harness.service)
        if name.startswith("on_")
    }
    assert subscribed == consumed


@pytest.mark.requirement("F-16")
@pytest.mark.parametrize("state", get_args(ExpediteState))
def test_every_step_of_a_hurried_case_has_words_and_a_grant_comes_with_its_fee(office: Any, state: str) -> None:
    person = office.sign_up()
    event, facts, _ = next(one for one in events_of_a_case(person.account_id) if one[0].name == "expedite_advanced")
    office.harness.deliver(event, _data(event, facts | {"state": state}))
    told = [message.template for message in office.messages() if message.template.startswith("expedite_")]
    assert told == ([] if state == "granted" else [f"expedite_{state}"] * 2)


@pytest.mark.requirement("F-16")
def test_the_fee_of_a_hurried_case_is_not_called_that_of_registration(office: Any) -> None:
    person, told = office.sign_up(), {}
    for event, facts, _ in events_of_a_case(person.account_id):
        if event.name in ("order_created", "order_paid"):
            office.harness.deliver(event, _data(event, facts | {"purpose": "expedite"}))
            told[event.name] = {one.template for one in office.messages() if one.template[:3] in ("exp", "ord")}
    assert told == {"order_created": {"expedite_granted"}, "order_paid": {"expedite_granted"}}


@pytest.mark.requirement("P-01")
def test_of_what_is_free_nobody_is_told_to_pay_or_that_money_has_come(office: Any) -> None:
    """Walk: the release of a pledge asked for ¥0.00, and received it."""
    person = office.sign_up()
    for event, facts, _ in events_of_a_case(person.account_id):
        if event.name in ("application_submitted", "order_created", "order_paid"):
            office.harness.deliver(event, _data(event, facts | ({"amount": 0} if "amount" in facts else {})))
    told = [one for one in office.messages() if one.application_id]
    assert {one.template for one in told} == {"application_submitted", "order_free"}
    assert [one.template for one in told].count("order_free") == 2  # on the site, and by SMS
    assert not any("¥" in one.subject + one.body or "前缴纳" in one.body for one in told)
    assert all("不收费" in one.body and "受理" in one.body for one in told)


@pytest.mark.requirement("P-04")
@pytest.mark.parametrize(
    ("purpose", "template"), [("registration", "order_due_again"), ("expedite", "expedite_due_again")]
)
def test_who_was_told_of_another_s_payment_is_told_that_the_fee_is_due(
    office: Any, purpose: str, template: str
) -> None:
    person = office.sign_up()
    [(event, facts, _)] = [one for one in events_of_a_case(person.account_id) if one[0].name == "order_created"]
    office.harness.deliver(event, _data(event, facts | {"purpose": purpose, "corrects": "ord-before"}))
    [site] = [one for one in office.messages() if one.template == template and one.channel == "in_app"]
    said = site.subject + site.body
    for part in ("更正", "300.00", "没有退款", "出纳会与您联系"):
        assert part in said, part


@pytest.mark.requirement("P-04")
@pytest.mark.parametrize(
    ("corrects", "reason", "told"),
    [
        ("ord-before", "written_off", True),
        ("ord-before", "application_refused", True),
        ("ord-before", "corrected", False),
        ("", "application_withdrawn", False),
    ],
)
def test_who_was_asked_for_a_fee_again_is_told_that_it_is_owed_no_more(
    office: Any, corrects: str, reason: str, told: bool
) -> None:
    person = office.sign_up()
    facts = {name: value for name, value in _case(person.account_id).items() if name.endswith("_id")}
    facts |= {"serial_number": "2026Z11S000123", "title": "墨石{山}记", "order_id": "ord-2", "amount": 30000}
    facts |= {"corrects": corrects, "reason": reason, "cancelled_at": NOW}
    office.harness.deliver(payment.ORDER_CANCELLED, _data(payment.ORDER_CANCELLED, facts))
    found = [one for one in office.messages() if one.template == "order_written_off" and one.channel == "in_app"]
    assert bool(found) == told
    for one in found:
        for part in ("300.00", "墨石{山}记", "不必再缴"):
            assert part in one.subject + one.body, part


@pytest.mark.requirement("W-05")
@pytest.mark.parametrize(
    ("state", "act", "owner", "template", "says"),
    [
        ("recorded", "assigned", False, "assigned_recorded", "您受让的部分权利已登记"),
        ("recorded", "assigned", True, "assigned_recorded_all", "著作权已转让给您并登记"),
        ("recorded", "licensed", False, "licensed_recorded", "您获得的专有许可已登记"),
        ("recorded", "pledged", False, "pledged_recorded", "您的质权已登记"),
        ("released", "pledged", False, "dealing_released", "质权已注销"),
        ("over", "licensed", False, "dealing_over", "合同期限已届满"),
    ],
)
def test_the_other_party_of_a_contract_is_told_once(
    office: Any, state: DealingState, act: str, owner: bool, template: str, says: str
) -> None:
    person = office.sign_up()
    facts = {
        "account_id": person.account_id,
        "registration_number": "2026SR0000001",
        "title": "气象{系}统",
        "number": "软著质登字第00000001号",
        "act": act,
        "state": state,
        "owner": owner,
        "on": date(2026, 11, 30),
    }
    for _ in range(2):
        office.harness.deliver(
            archive.DEALING_ADVANCED, archive.DealingAdvanced.model_validate(facts), event_id="evt-1"
        )
    told = [one for one in office.messages() if one.template == template]
    assert sorted(one.channel for one in told) == ["in_app", "sms"]
    for one in told:
        assert one.subject.startswith(says)
        assert "气象{系}统" in one.body
        assert "2026年11月30日" in one.body


@pytest.mark.requirement("W-05")
@pytest.mark.parametrize("act", get_args(AffectingAct))
def test_what_others_did_to_a_registration_is_told_once(office: Any, act: str) -> None:
    person = office.sign_up()
    facts = {
        "account_id": person.account_id,
        "registration_number": "2026SR0000001",
        "title": "气象{系}统",
        "act": act,
        "number": "" if act == "reissued" else "软著撤字第00000001号",
        "on": date(2026, 11, 30),
    }
    said = archive.RegistrationAffected.model_validate(facts)
    for _ in range(2):
        office.harness.deliver(archive.REGISTRATION_AFFECTED, said, event_id="evt-1")
    told = [one for one in office.messages() if one.template == f"affected_{act}"]
    assert sorted(one.channel for one in told) == ["in_app", "sms"]
    for one in told:
        for part in ("气象{系}统", "2026SR0000001", "2026年11月30日"):
            assert part in one.subject + one.body


@pytest.mark.requirement("F-10")
@pytest.mark.parametrize(
    ("due_on", "told"),
    [
        (date(2099, 12, 23), "Missing: The sample of the work; 封面. Please send only what is missing, with the cover"),
        (None, "Missing: The sample of the work; 封面. Please send only what is missing"),
        (date(2020, 1, 2), "before the last day for paper"),
    ],
)
def test_what_a_parcel_lacked_is_named_in_the_readers_language_with_its_day(
    office: Any, due_on: date | None, told: str
) -> None:
    person = office.sign_up()
    facts = _case(person.account_id, noted_at=NOW, missing="x", papers=[SAMPLE], remark="封面", due_on=due_on)
    office.harness.deliver(filing.PAPER_DEFICIENT, _data(filing.PAPER_DEFICIENT, facts))
    [message] = [
        one
        for one in office.call(identity.LIST_MESSAGES, ListMessages(limit=9, language="en"), person.actor).items
        if one.application_id
    ]
    assert told in message.body
    assert "what has come need not be sent again" in message.body
    assert ("23 December 2099" in message.body) == (due_on == date(2099, 12, 23))
