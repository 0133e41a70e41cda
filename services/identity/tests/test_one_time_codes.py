"""One-time codes: how long, how often, how many."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from chassis.errors import Problem
from contracts.identity import ChangeEmail, ConfirmEmail, RequestOtp, SignIn
from sqlalchemy import text
from structlog.testing import capture_logs

from contracts import identity


def _wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def _sign_in(office: Any, mobile: str, code: str) -> Any:
    return office.call(identity.SIGN_IN, SignIn(mobile=mobile, otp=code))


@pytest.mark.requirement("I-03")
def test_a_code_signs_in_once(office: Any) -> None:
    person = office.sign_up()
    code = office.code_for(person.mobile, "sign_in")
    assert _sign_in(office, person.mobile, code).account.account_id == person.account_id
    with pytest.raises(Problem, match="otp_expired"):
        _sign_in(office, person.mobile, code)


def test_a_code_is_good_for_its_purpose_only(office: Any) -> None:
    person = office.sign_up()
    code = office.code_for(person.mobile, "recover")
    with pytest.raises(Problem, match="otp_expired"):
        _sign_in(office, person.mobile, code)


def test_a_code_dies_after_five_minutes(office: Any, later: Callable[..., None]) -> None:
    person = office.sign_up()
    code = office.code_for(person.mobile, "sign_in")
    later(minutes=4, seconds=50)
    with pytest.raises(Problem, match="otp_wrong"):
        _sign_in(office, person.mobile, _wrong(code))
    later(seconds=15)
    with pytest.raises(Problem, match="otp_expired"):
        _sign_in(office, person.mobile, code)


def test_five_wrong_codes_kill_it_and_each_says_how_many_are_left(office: Any) -> None:
    person = office.sign_up()
    code = office.code_for(person.mobile, "sign_in")
    left = []
    for _ in range(4):
        with pytest.raises(Problem) as caught:
            _sign_in(office, person.mobile, _wrong(code))
        left.append(caught.value.params["attempts_left"])
    assert left == [4, 3, 2, 1]
    for attempt in (_wrong(code), code):
        with pytest.raises(Problem, match="otp_too_many"):
            _sign_in(office, person.mobile, attempt)


def test_guessing_in_parallel_gives_no_more_guesses(office: Any) -> None:
    person = office.sign_up()
    code = office.code_for(person.mobile, "sign_in")

    def guess(_: int) -> str:
        try:
            _sign_in(office, person.mobile, _wrong(code))
        except Problem as problem:
            return problem.code
        return "in"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(12)))
    assert answers.count("otp_wrong") == 4
    assert answers.count("otp_too_many") == 8


def test_another_code_comes_after_a_minute_and_the_first_still_counts(office: Any, later: Callable[..., None]) -> None:
    person = office.sign_up()
    first = office.code_for(person.mobile, "sign_in")
    with pytest.raises(Problem) as caught:
        office.code_for(person.mobile, "sign_in")
    assert caught.value.code == "otp_resend_too_soon"
    assert 50 <= caught.value.params["seconds"] <= 60
    later(seconds=61)
    second = office.code_for(person.mobile, "sign_in")
    assert _sign_in(office, person.mobile, first)
    assert _sign_in(office, person.mobile, second)


@pytest.mark.requirement("W-06")
def test_a_request_repeated_under_its_id_sends_one_code_while_that_lives(
    office: Any, later: Callable[..., None]
) -> None:
    """Afterwards a stale "sent" would help nobody, whoever had used the id before."""
    person = office.sign_up()
    asked = RequestOtp(purpose="sign_in", mobile=person.mobile)

    def sent() -> int:
        return sum(message.template == "otp_sign_in" for message in office.messages(person.mobile))

    for minutes, codes in ((0, 1), (0, 1), (4, 1), (2, 2), (0, 2)):
        later(minutes=minutes)
        office.call(identity.REQUEST_OTP, asked, request_id="req-the-same")
        assert sent() == codes
    with pytest.raises(Problem, match="otp_resend_too_soon"):
        office.call(identity.REQUEST_OTP, asked, request_id="req-another")


def test_two_requests_at_once_send_one_code(office: Any) -> None:
    person = office.sign_up()

    def ask(_: int) -> str:
        try:
            office.call(identity.REQUEST_OTP, RequestOtp(purpose="sign_in", mobile=person.mobile))
        except Problem as problem:
            return problem.code
        return "sent"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(ask, range(4))) == ["otp_resend_too_soon"] * 3 + ["sent"]


def test_numbers_and_networks_have_their_limits(
    office: Any, later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGISTRY_OTP_PER_TARGET_HOUR", "4")
    monkeypatch.setenv("REGISTRY_OTP_PER_CLIENT_HOUR", "3")
    mobile = office.registration().mobile
    for _ in range(2):
        office.code_for(mobile, "sign_up", client="192.0.2.1")
        later(seconds=61)
    with pytest.raises(Problem, match="otp_too_many"):
        office.code_for(mobile, "sign_up", client="192.0.2.2")
    for number in range(2):
        office.code_for(mobile, "sign_up", client=f"198.51.{number}.1")
    with pytest.raises(Problem, match="otp_too_many"):
        office.code_for(mobile, "sign_up", client="198.51.2.1")
    office.code_for(office.registration().mobile, "sign_up", client="192.0.2.1")
    with pytest.raises(Problem, match="otp_too_many"):
        office.code_for(office.registration().mobile, "sign_up", client="192.0.2.1")
    later(hours=1)
    assert office.code_for(mobile, "sign_up", client="192.0.2.1")


@pytest.mark.parametrize("mine", ["192.0.2.1", "2001:db8:1:2::5"])
def test_one_network_uses_up_its_own_share_of_a_number(
    office: Any, later: Callable[..., None], monkeypatch: pytest.MonkeyPatch, mine: str
) -> None:
    monkeypatch.setenv("REGISTRY_OTP_PER_REQUESTER_HOUR", "2")
    mobile = office.registration().mobile
    strangers = ("198.51.100.9", "198.51.100.9") if "." in mine else ("2001:db8:9:9::1", "2001:db8:9:9:ffff::1")
    for number, client in enumerate(strangers):
        office.code_for(mobile, "sign_up", client=client, browser=f"browser-{number}")
    with pytest.raises(Problem, match="otp_too_many"):
        office.code_for(mobile, "sign_up", client=strangers[0], browser="another")
    later(seconds=1)
    assert office.code_for(mobile, "sign_up", client=mine)


IN_PRODUCTION = {"PER_TARGET_HOUR": 10, "PER_TARGET_DAY": 20, "PER_REQUESTER_HOUR": 5, "PER_CLIENT_HOUR": 100}


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox's limits are a hundred times as generous."""
    for name, value in IN_PRODUCTION.items():
        monkeypatch.setenv(f"REGISTRY_OTP_{name}", str(value))


def addresses(network: str, number: int) -> str:
    """One of very many addresses that somebody has, in as many /56s where they are IPv6."""
    return f"{network}.{number % 256}" if "." in network else f"{network}:{number << 8:x}::1"


@pytest.mark.requirement("I-03")
@pytest.mark.parametrize(
    ("theirs", "home"),
    [
        (("198.51.100", "203.0.113"), "192.0.2.7"),
        (("2001:db8:1", "2001:db8:2"), "2001:db8:3:4::5"),
        (("2001:db8:1", "203.0.113"), "192.0.2.7"),
    ],
)
def test_people_in_two_networks_use_up_no_number_however_many_addresses_they_have(
    office: Any, later: Callable[..., None], production: None, theirs: tuple[str, str], home: str
) -> None:
    """All day long, as often as they may; who has the number still signs up from home, and may try once more."""
    request, sent = office.registration(client=home), 0
    for hour in range(12):
        for number in range(12):
            for network in theirs:
                with suppress(Problem):
                    office.code_for(request.mobile, "sign_up", client=addresses(network, hour * 20 + number))
                    sent += 1
            later(seconds=61)
        if hour in (0, 11):
            code = office.code_for(request.mobile, "sign_up", client=home)
        later(minutes=50)
    assert sent < IN_PRODUCTION["PER_TARGET_DAY"], "nor is the number flooded"
    assert code


def test_whoever_has_very_many_small_networks_has_no_more_codes_than_four(
    office: Any, production: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGISTRY_OTP_PER_CLIENT_HOUR", "2")
    for own, limit in (("198.51.100", 8), ("2001:db8:7", 8), ("2001:db8:8:99", 4)):
        sent = 0
        for number in range(12):
            with suppress(Problem):
                client = addresses(own, number) if own.count(":") < 3 else f"{own}{number:02x}::1"
                office.code_for(office.registration().mobile, "sign_up", client=client)
                sent += 1
        assert sent == limit, own


def test_the_second_half_of_what_strangers_may_is_for_who_asks_for_little(
    office: Any, production: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the operator is told, once, when it begins."""
    monkeypatch.setenv("REGISTRY_OTP_ALL_HOUR", "20")
    sent = 0
    with capture_logs() as logs:
        for number in range(30):
            with suppress(Problem):
                client = f"198.51.{number % 2}.{number}"
                office.code_for(office.registration().mobile, "sign_up", client=client)
                sent += 1
        assert sent == 10, "two networks"
        for number in range(10):
            assert office.code_for(office.registration().mobile, "sign_up", client=f"203.0.{number // 5}.1")
        with pytest.raises(Problem, match="otp_too_many"):
            office.code_for(office.registration().mobile, "sign_up", client="192.0.2.1")
    told = [line for line in logs if line["event"] == "codes_half_used"]
    assert [(line["lane"], line["span"], line["sent"], line["limit"]) for line in told] == [
        ("stranger", "hour", 10, 20)
    ]


@pytest.mark.requirement("I-03")
def test_a_stranger_uses_up_nothing_of_who_comes_from_a_familiar_place(
    office: Any, later: Callable[..., None], production: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even from the next room."""
    monkeypatch.setenv("REGISTRY_OTP_PER_CLIENT_HOUR", "3")
    person = office.sign_up(client="192.0.2.1")
    office.sign_in(person.mobile, client="192.0.2.1")
    for _ in range(20):
        with suppress(Problem):
            office.code_for(office.registration().mobile, "sign_up", client="192.0.2.1")
    assert office.code_for(person.mobile, "sign_in", client="192.0.2.1")


def confirm(office: Any, person: Any, address: str) -> str:
    """What came of asking for a code to an address."""
    try:
        office.call(identity.CHANGE_EMAIL, ChangeEmail(email=address), person.actor)
    except Problem as problem:
        return str(problem.code)
    return "sent"


@pytest.mark.requirement("I-03")
def test_accounts_flood_no_address_and_keep_nobody_from_confirming_theirs(
    office: Any, later: Callable[..., None], production: None
) -> None:
    accounts, owner = [office.sign_up() for _ in range(3)], office.sign_up()
    address = "reeds@example.cn"
    answers = []
    for _ in range(12):
        for account in accounts:
            answers.append(confirm(office, account, address))
        later(seconds=61)
    assert answers.count("sent") == 5, "half of it: the other is for those who have not asked"
    newcomer = office.sign_up(email=address, client="192.0.2.1")
    assert newcomer.account_id, "who signs up with it has an account at least"
    assert confirm(office, owner, address) == "sent"
    code = office.code_in(office.messages(address)[0])
    assert office.call(identity.CONFIRM_EMAIL, ConfirmEmail(otp=code), owner.actor).email_confirmed


@pytest.mark.requirement("I-03")
def test_a_flood_of_confirmations_starves_nobody(
    office: Any, later: Callable[..., None], production: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One account has ten in an hour, to whatever addresses; all together keep nobody from signing."""
    account, other = office.sign_up(), office.sign_up()
    answers = [confirm(office, account, f"box-{number}@example.cn") for number in range(14)]
    assert answers == ["sent"] * 10 + ["otp_too_many"] * 4
    monkeypatch.setenv("REGISTRY_OTP_ALL_HOUR", "20")
    assert confirm(office, account, "one-more@example.cn") == "otp_too_many"
    assert confirm(office, other, "mine@example.cn") == "sent"
    monkeypatch.setenv("REGISTRY_OTP_ALL_HOUR", "11")
    assert confirm(office, other, "yours@example.cn") == "otp_too_many"
    assert office.code_for(account.mobile, "sign", account.actor)


def test_a_sign_up_with_an_address_that_is_flooded_is_one(
    office: Any, production: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGISTRY_OTP_PER_TARGET_HOUR", "1")
    account = office.sign_up()
    assert confirm(office, account, "full@example.cn") == "sent"
    person = office.sign_up(email="full@example.cn")
    assert sum(message.template == "otp_email" for message in office.messages("full@example.cn")) == 1
    assert person.account_id


def test_all_that_strangers_ask_for_is_bounded(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each code costs money, whoever asks, from wherever, for whichever number."""
    person = office.sign_up()
    monkeypatch.setenv("REGISTRY_OTP_ALL_DAY", "3")
    for number in range(2):
        office.code_for(office.registration().mobile, "sign_up", client=f"198.51.100.{number}")
    with pytest.raises(Problem, match="otp_too_many"):
        office.code_for(office.registration().mobile, "sign_up", client="198.51.100.99")
    assert office.code_for(person.mobile, "sign", person.actor)


@pytest.mark.requirement("I-03")
def test_strangers_use_up_nobodys_codes(
    office: Any, later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever they ask for with somebody's number: who has the number signs in, signs, and changes nothing."""
    monkeypatch.setenv("REGISTRY_OTP_PER_TARGET_HOUR", "3")
    person = office.sign_up(client="192.0.2.1")
    device = office.sign_in(person.mobile, client="192.0.2.1").device_token
    for number in range(6):
        for purpose in ("sign_in", "sign_up", "recover"):
            with suppress(Problem):
                office.code_for(person.mobile, purpose, client=f"198.51.100.{number}")
    assert office.code_for(person.mobile, "sign_in", client="203.0.115.1"), "a third network asks for the first time"
    with pytest.raises(Problem, match="otp_too_many"):
        office.code_for(person.mobile, "sign_in", client="203.0.114.1")
    assert office.code_for(person.mobile, "sign", person.actor)
    home = office.code_for(person.mobile, "sign_in", client="192.0.2.1")
    assert office.call(identity.SIGN_IN, SignIn(mobile=person.mobile, otp=home, client="192.0.2.1"))
    away = office.code_for(person.mobile, "sign_in", client="203.0.113.1", device=device)
    assert office.call(identity.SIGN_IN, SignIn(mobile=person.mobile, otp=away, client="203.0.113.1"))
    assert office.sign_in(person.mobile, client="203.0.113.1")


@pytest.mark.requirement("I-03")
@pytest.mark.parametrize("way", ["network", "browser"])
def test_what_others_ask_for_or_guess_takes_nothing_from_the_code_in_hand(office: Any, way: str) -> None:
    person = office.sign_up()
    mine = {"client": "192.0.2.1", "browser": "mine" if way == "browser" else ""}
    theirs = {"client": "192.0.2.1" if way == "browser" else "198.51.100.1", "browser": "theirs"}
    code = office.code_for(person.mobile, "sign_in", **mine)
    office.code_for(person.mobile, "sign_in", **theirs)
    answers = []
    for _ in range(12):
        with pytest.raises(Problem) as caught:
            office.call(identity.SIGN_IN, SignIn(mobile=person.mobile, otp=_wrong(code), **theirs))
        answers.append(caught.value.code)
    assert answers.count("otp_wrong") == 4
    with pytest.raises(Problem, match="otp_too_many"):
        office.call(identity.SIGN_IN, SignIn(mobile=person.mobile, otp=code, **theirs))
    assert office.call(identity.SIGN_IN, SignIn(mobile=person.mobile, otp=code, **mine))


def test_a_code_may_be_typed_in_elsewhere(office: Any) -> None:
    """Asked for at home, typed in on the way: it counts, for a few attempts of its own."""
    person = office.sign_up()
    code = office.code_for(person.mobile, "sign_in", client="192.0.2.1")
    assert office.call(identity.SIGN_IN, SignIn(mobile=person.mobile, otp=code, client="198.51.100.1"))


def test_a_code_bears_ten_guesses_wherever_they_come_from(office: Any) -> None:
    person = office.sign_up()
    code = office.code_for(person.mobile, "sign_in", client="192.0.2.1")
    for number in range(40):
        client = "192.0.2.1" if number % 2 else f"198.51.100.{number}"
        with pytest.raises(Problem, match=r"otp_wrong|otp_too_many|otp_expired"):
            office.call(identity.SIGN_IN, SignIn(mobile=person.mobile, otp=_wrong(code), client=client))
    with office.harness.uow() as uow:
        counted = text("SELECT attempts, strange_attempts FROM one_time_codes WHERE purpose = 'sign_in'")
        assert tuple(uow.session.execute(counted).one()) == (5, 5)


def test_a_number_without_account_learns_so_and_nobody_else_does(office: Any) -> None:
    stranger, person = office.registration().mobile, office.sign_up()
    reply = office.call(identity.REQUEST_OTP, RequestOtp(purpose="sign_in", mobile=stranger))
    assert reply == office.call(identity.REQUEST_OTP, RequestOtp(purpose="sign_in", mobile=person.mobile))
    assert office.messages(stranger)[0].template == "otp_no_account"
    with pytest.raises(Problem, match="otp_wrong"):
        _sign_in(office, stranger, "000000")


def test_old_codes_are_forgotten(office: Any, later: Callable[..., None]) -> None:
    office.sign_up()
    assert office.harness.sweep("forget_codes") == 0
    later(days=3)
    assert office.harness.sweep("forget_codes") == 1


@pytest.mark.requirement("I-03")
def test_a_right_code_with_blanks_or_full_width_digits_is_never_counted_against_the_person(office: Any) -> None:
    for shape in (" {0} {1} ", "{0}-{1}", "\u202d{0}{1}\u202c", "{2}"):
        person = office.sign_up()
        code = office.code_for(person.mobile, "sign_in")
        wide = code.translate({ord("0") + n: ord("０") + n for n in range(10)})
        typed = shape.format(code[:3], code[3:], wide)
        assert _sign_in(office, f"+86 {person.mobile}", typed).account.account_id == person.account_id
