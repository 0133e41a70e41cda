"""纸质证书邮寄: asked for, printed, sent under a number, delivered or returned; addresses for who needs them."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from archive.certificates.store import Certificate
from archive.database import Base
from archive.mailing.model import KEPT, is_tracking_number, place_of
from archive.register.store import RegisterEntry
from chassis.errors import Problem
from chassis.testing import Harness, person, service_actor, staff_actor
from chassis.work import Rank, Sender, enter
from contracts.archive import CHECK_CERTIFICATE, GET_DOSSIER, CheckCertificate, GetDossier
from contracts.filing import APPLICATION_APPROVED, APPLICATION_MOVED, ApplicationMoved
from contracts.mailing import (
    ASK_PARCEL,
    CANCEL_PARCEL,
    LIST_MAILING,
    LIST_PARCELS,
    OPEN_PARCEL,
    PARCEL_ADVANCED,
    PRINT_MAILING,
    SEND_PARCEL,
    SEND_PARCELS,
    SETTLE_PARCEL,
    TAKE_MAILING,
    AskParcel,
    CancelParcel,
    ListMailing,
    ListParcels,
    MailingItem,
    OpenParcel,
    ParcelsSent,
    ParcelView,
    PostalAddress,
    PrintMailing,
    SendParcel,
    SendParcels,
    SettleParcel,
    TakeMailing,
    TrackingRow,
)
from contracts.own_data import OWN_DATA, ReadOwnData
from contracts.ties import ACCOUNT_TIES, ReadTies
from pydantic import ValidationError
from pypdf import PdfReader
from pypdfium2 import PdfDocument
from sqlalchemy import select, text

from .conftest import approved, software

pytestmark = pytest.mark.requirement("A-01")

ANN, BOB, CLERK = person(), person("acc-other"), staff_actor("archivist")
HOME = {
    "recipient": "王小明",
    "telephone": "13800138000",
    "province": "北京市",
    "city": "北京市西城区",
    "street": "天桥南大街1号天桥艺术大厦A座3层",
    "postcode": "100050",
}
EMS = "EE123456785CN"
OTHER_EMS = "1012345678901"


@pytest.fixture
def issued(archive: Harness, registered: Callable[..., str]) -> Callable[..., str]:
    """Registers, and issues the certificate."""

    def issue(*arguments: Any, **changes: Any) -> str:
        number = registered(*arguments, **changes)
        archive.run_worker()
        return number

    return issue


def ask(archive: Harness, number: str, actor: Any = ANN, **changed: str) -> ParcelView:
    asked = AskParcel(registration_number=number, address=PostalAddress(**(HOME | changed)))
    view: ParcelView = archive.call(ASK_PARCEL, asked, actor)
    return view


def mine(archive: Harness, number: str, actor: Any = ANN) -> ParcelView | None:
    items = archive.call(LIST_PARCELS, ListParcels(registration_numbers=[number]), actor).items
    return items[0] if items else None


def came_back(archive: Harness, actor: Any = ANN) -> list[str]:
    return [one.parcel_number for one in archive.call(LIST_PARCELS, ListParcels(), actor).items]


def take(archive: Harness, limit: int = 40) -> str:
    batch: str = archive.call(TAKE_MAILING, TakeMailing(limit=limit), CLERK).batch_id
    return batch


def printed(archive: Harness, batch_id: str, part: Any) -> str:
    pdf = base64.b64decode(archive.call(PRINT_MAILING, PrintMailing(batch_id=batch_id, part=part), CLERK).data)
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace("\n", "").replace(" ", "")


def send(archive: Harness, parcel: str, tracking: str = EMS, **more: Any) -> MailingItem:
    asked = SendParcel(parcel_number=parcel, tracking_number=tracking, **more)
    item: MailingItem = archive.call(SEND_PARCEL, asked, CLERK)
    return item


def settle(archive: Harness, number: str, outcome: Any, **more: Any) -> MailingItem:
    item: MailingItem = archive.call(SETTLE_PARCEL, SettleParcel(number=number, outcome=outcome, **more), CLERK)
    return item


def take_in(archive: Harness, pairs: list[tuple[str, str]], only_good: bool = False) -> ParcelsSent:
    rows = [TrackingRow(row=n, parcel_number=a, tracking_number=b) for n, (a, b) in enumerate(pairs, 2)]
    told: ParcelsSent = archive.call(SEND_PARCELS, SendParcels(rows=rows, only_good=only_good), CLERK)
    return told


def s10(serial: int) -> str:
    """A right number with these eight digits."""
    return next(n for n in (f"EB{serial:08d}{d}CN" for d in range(10)) if is_tracking_number(n))


def test_a_parcel_is_asked_for_by_either_number_of_software(archive: Harness, issued: Callable[..., str]) -> None:
    number = issued(of=software)
    certificate = archive.call(CHECK_CERTIFICATE, CheckCertificate(registration_number=number)).certificate_number
    assert (parcel := ask(archive, str(certificate))).registration_number == number
    place = archive.call(OPEN_PARCEL, OpenParcel(registration_number=str(certificate)), ANN)
    assert place.parcel == parcel
    with pytest.raises(Problem, match="certificate_of_another"):
        archive.call(OPEN_PARCEL, OpenParcel(registration_number=str(certificate)), BOB)


def test_from_the_wish_to_the_door(archive: Harness, issued: Any) -> None:
    number = issued()
    assert mine(archive, number) is None
    asked = ask(archive, number)
    assert (asked.state, asked.changeable, asked.address) == ("asked", True, PostalAddress(**HOME))
    batch = take(archive)
    [item] = archive.call(LIST_MAILING, ListMailing(batch_id=batch), CLERK).items
    assert (item.state, item.parcel_number, item.recipient) == ("printed", asked.parcel_number, "王**")
    assert item.document_id.startswith("arc-")
    sent = send(archive, asked.parcel_number)
    assert (sent.state, sent.tracking_number) == ("sent", EMS)
    [told] = archive.events(PARCEL_ADVANCED)
    assert (told.state, told.tracking_number, told.account_id, told.title) == (
        "sent",
        EMS,
        "acc-person",
        "长江边的石头",
    )
    settle(archive, EMS, "delivered")
    found = mine(archive, number)
    assert found
    assert (found.state, found.tracking_number, found.changeable) == ("delivered", EMS, False)
    with pytest.raises(Problem, match="parcel_not_changeable"):
        ask(archive, number)
    with archive.uow() as uow:
        steps = uow.session.execute(text("SELECT state, actor FROM parcel_steps ORDER BY step_id")).all()
    assert [tuple(step) for step in steps] == [
        ("asked", "acc-person"),
        ("printed", "acc-staff"),
        ("sent", "acc-staff"),
        ("delivered", "acc-staff"),
    ]


def test_the_list_shows_names_masked_and_only_labels_say_where_to(archive: Harness, issued: Any) -> None:
    number = issued()
    parcel = ask(archive, number).parcel_number
    batch = take(archive)
    labels, listed = printed(archive, batch, "labels"), printed(archive, batch, "list")
    for words in ("王小明", "13800138000", "北京市西城区天桥南大街1号天桥艺术大厦A座3层", "100050", parcel, number):
        assert words in labels, words
    assert "北京市北京市" not in labels
    for words in (parcel, number, "长江边的石头", "王**", "北京市西城区"):
        assert words in listed, words
    assert "王小明" not in listed
    assert "13800138000" not in listed
    send(archive, parcel)
    with pytest.raises(Problem, match="mailing_batch_unknown"):
        printed(archive, batch, "labels")
    assert parcel in printed(archive, batch, "list")


@pytest.mark.parametrize("street", ["石" * 200, "Longstreetwithoutanyblank" * 8, "A座 3 层 " * 25])
def test_an_address_of_any_length_fits_its_label(archive: Harness, issued: Any, street: str) -> None:
    number = issued()
    ask(archive, number, recipient="欧阳" * 15, province="新疆维吾尔自治区", city="伊犁哈萨克自治州" * 5, street=street)
    pdf = base64.b64decode(archive.call(PRINT_MAILING, PrintMailing(batch_id=take(archive), part="labels"), CLERK).data)
    document = PdfDocument(pdf)
    assert len(document) == 1
    page = document[0].get_textpage()
    words = page.get_text_range().replace("\r\n", "").replace(" ", "")
    assert street.replace(" ", "")[-20:] in words
    boxes = [page.get_charbox(index) for index in range(page.count_chars())]
    millimetre = 72 / 25.4
    assert min(box[1] for box in boxes) > 842 - (6 + 57) * millimetre
    assert max(box[2] for box in boxes) < (6 + 99) * millimetre


def test_only_its_party_asks_and_only_archivists_send(archive: Harness, issued: Any) -> None:
    number = issued()
    with pytest.raises(Problem, match="certificate_of_another"):
        ask(archive, number, BOB)
    ask(archive, number)
    assert mine(archive, number, BOB) is None
    with pytest.raises(Problem, match="forbidden"):
        archive.call(TAKE_MAILING, TakeMailing(), staff_actor("examiner", "customer_service", "administrator"))
    with pytest.raises(Problem, match="forbidden"):
        archive.call(LIST_MAILING, ListMailing(), ANN)


def test_an_address_is_corrected_until_the_parcel_is_handed_over(archive: Harness, issued: Any) -> None:
    number = issued()
    parcel = ask(archive, number).parcel_number
    assert ask(archive, number, street="前门大街2号").parcel_number == parcel
    batch = take(archive)
    assert ask(archive, number, street="前门大街2号").state == "printed", "the same again changes nothing"
    assert ask(archive, number, street="前门大街3号").state == "asked"
    with pytest.raises(Problem, match="parcel_not_printed"):
        send(archive, parcel)
    with pytest.raises(Problem, match="mailing_batch_unknown"):
        printed(archive, batch, "labels")
    assert "前门大街3号" in printed(archive, take(archive), "labels")
    send(archive, parcel)
    with pytest.raises(Problem, match="parcel_not_changeable"):
        ask(archive, number, street="前门大街4号")


def test_what_holds_no_more_is_neither_printed_nor_sent(archive: Harness, issued: Any) -> None:
    first, second, third = (issued(f"app-{n}") for n in range(3))
    parcel = ask(archive, first).parcel_number
    take(archive)
    ask(archive, second)
    with archive.uow() as uow:
        for entry in uow.session.query(RegisterEntry):
            entry.status = "revoked"
    assert take(archive) == ""
    with pytest.raises(Problem, match="parcel_stopped"):
        send(archive, parcel)
    with pytest.raises(Problem, match="certificate_not_valid"):
        ask(archive, third)
    found = mine(archive, second)
    assert found
    assert (found.stopped, found.changeable) == ("revoked", False)
    assert archive.call(LIST_MAILING, ListMailing(state="asked"), CLERK).items == []


def test_what_was_reissued_after_printing_is_printed_again(archive: Harness, issued: Any) -> None:
    number = issued()
    parcel = ask(archive, number).parcel_number
    first = take(archive)
    with archive.uow() as uow:
        old = uow.session.query(Certificate).one()
        facts = ("registration_number", "record", "language", "application_id", "account_id")
        new = Certificate(
            certificate_id="crt-new", document_id="arc-new", edition=2, **{name: getattr(old, name) for name in facts}
        )
        enter(uow, new, Sender(Rank.OFFICE, old.account_id))
    with pytest.raises(Problem, match="parcel_not_printed"):
        send(archive, parcel)
    assert take(archive) == "", "the new one is being made"
    archive.run_worker()
    assert archive.call(LIST_MAILING, ListMailing(state="printed"), CLERK).items == []
    assert archive.call(LIST_MAILING, ListMailing(state="asked"), CLERK).counts == {"asked": 1}
    assert take(archive) not in ("", first)
    assert send(archive, parcel).document_id == "arc-new"


def test_a_certificate_that_is_still_being_made_waits(archive: Harness, registered: Any) -> None:
    ask(archive, registered())
    assert take(archive) == ""
    archive.run_worker()
    assert take(archive) != ""


def test_batches_take_the_oldest_and_nothing_twice(archive: Harness, issued: Any) -> None:
    parcels = [ask(archive, issued(f"app-{n}")).parcel_number for n in range(3)]
    first, second = take(archive, 2), take(archive, 2)
    shown = [
        [item.parcel_number for item in archive.call(LIST_MAILING, ListMailing(batch_id=batch), CLERK).items]
        for batch in (first, second)
    ]
    assert shown == [parcels[:2], parcels[2:]]
    assert take(archive) == ""
    page = archive.call(LIST_MAILING, ListMailing(state="printed", limit=2), CLERK)
    rest = archive.call(LIST_MAILING, ListMailing(state="printed", limit=2, cursor=page.next_cursor), CLERK)
    assert [item.parcel_number for item in (*page.items, *rest.items)] == parcels
    assert page.counts == {"printed": 3}


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("EE123456785CN", True),
        ("RX123456785DE", True),
        ("EE473124829CN", True),  # the example of UPU S10 with its check digit
        ("EE123456784CN", False),
        ("EE12345678CN", False),
        ("1012345678901", True),
        ("9012345678901", False),
        ("101234567890", False),
        ("ZS202600000001", False),
    ],
)
def test_numbers_are_checked_as_the_postal_union_says(number: str, right: bool) -> None:
    assert is_tracking_number(number) is right


def test_a_number_is_entered_once_and_for_one_parcel(archive: Harness, issued: Any) -> None:
    one, two = (ask(archive, issued(f"app-{n}")).parcel_number for n in range(2))
    take(archive)
    with pytest.raises(Problem, match="tracking_number_wrong"):
        send(archive, one, "EE123456784CN")
    assert send(archive, one.lower(), " ee 123456785 cn ").tracking_number == EMS
    assert send(archive, one).state == "sent"
    assert len(archive.events(PARCEL_ADVANCED)) == 1, "the same again changes nothing"
    with pytest.raises(Problem, match="tracking_number_used"):
        send(archive, two)
    with pytest.raises(Problem, match="parcel_sent_already"):
        send(archive, one, OTHER_EMS)
    assert send(archive, one, OTHER_EMS, correct=True).tracking_number == OTHER_EMS
    with pytest.raises(Problem, match="parcel_unknown"):
        send(archive, "ZS209900000001")
    with pytest.raises(Problem, match="request_invalid"):
        send(archive, two, s10(3), sent_on=datetime.now(UTC).date() + timedelta(days=3))


def test_a_hundred_wrong_numbers_are_told_row_by_row_and_none_is_taken(archive: Harness, issued: Any) -> None:
    one, two, three = (ask(archive, issued(f"app-{n}")).parcel_number for n in range(3))
    take(archive)
    send(archive, three, s10(999))
    bad = [(f"ZS2026{n:08d}", s10(n)) for n in range(50_000, 50_094)]
    file = [
        (one, s10(1)),
        (two, "EE123456784CN"),
        (two, s10(2)),
        *bad,
        (three, s10(998)),
        (one, s10(4)),
        ("ZS209900000009", "x" * 60),
    ]
    told = take_in(archive, file)
    assert (told.taken, len(told.wrong)) == (0, 100)
    problems = {row.row: row.problem for row in told.wrong}
    assert (problems[2], problems[3], problems[5], problems[99], problems[101]) == (
        "tracking_number_doubled",
        "tracking_number_doubled",
        "parcel_unknown",
        "parcel_sent_already",
        "parcel_unknown",
    )
    found = [item.state for item in archive.call(LIST_MAILING, ListMailing(), CLERK).items]
    assert found == ["printed", "printed", "sent"]


def test_on_wish_the_good_rows_are_taken_and_twice_the_same_file_changes_nothing(archive: Harness, issued: Any) -> None:
    one, two = (ask(archive, issued(f"app-{n}")).parcel_number for n in range(2))
    take(archive)
    file = [(one, s10(1)), (two, "EE123456784CN")]
    told = take_in(archive, file, only_good=True)
    assert (told.taken, [row.problem for row in told.wrong]) == (1, ["tracking_number_wrong"])
    right = [(one, s10(1)), (two, s10(2))]
    assert (take_in(archive, right).taken, take_in(archive, right).taken) == (1, 0)
    assert take_in(archive, right).known == 2
    assert len(archive.events(PARCEL_ADVANCED)) == 2


def test_what_came_back_is_sent_again_to_another_address(archive: Harness, issued: Any) -> None:
    number = issued()
    parcel = ask(archive, number).parcel_number
    take(archive)
    with pytest.raises(Problem, match="parcel_not_sent"):
        settle(archive, parcel, "delivered")
    send(archive, parcel)
    with pytest.raises(Problem, match="request_invalid"):
        settle(archive, parcel, "returned")
    settle(archive, parcel, "returned", reason="unknown_address")
    settle(archive, parcel, "returned", reason="unknown_address")
    _sent, back = archive.events(PARCEL_ADVANCED)
    assert (back.state, back.reason) == ("returned", "unknown_address")
    found = mine(archive, number)
    assert found
    assert (found.state, found.changeable) == ("returned", True)
    assert [came_back(archive, actor) for actor in (ANN, BOB)] == [[parcel], []]
    cancelled = ask(archive, number)
    archive.call(CANCEL_PARCEL, CancelParcel(registration_number=number), ANN)
    assert came_back(archive) == [parcel], "what was asked for and cancelled sends nothing"
    again = ask(archive, number, street="前门大街2号")
    assert cancelled.parcel_number != again.parcel_number
    assert came_back(archive) == []
    assert (again.state, again.parcel_number != parcel) == ("asked", True)
    take(archive)
    assert send(archive, again.parcel_number, s10(7)).state == "sent"


def test_addresses_lie_sealed_are_told_to_their_owner_and_deleted_in_time(archive: Harness, issued: Any) -> None:
    number = issued()
    parcel = ask(archive, number).parcel_number
    with archive.uow() as uow:
        lies = bytes(uow.session.execute(text("SELECT address FROM parcels")).scalar_one())
    assert "王小明".encode() not in lies
    assert b"13800138000" not in lies
    told = ReadOwnData(account_id="acc-person", section="parcels")
    own = archive.call(OWN_DATA["archive"], told, service_actor("identity"))
    assert own.items[0].facts["street"] == HOME["street"]
    take(archive)
    send(archive, parcel)
    settle(archive, parcel, "delivered")
    archive.advance(KEPT.days)
    assert archive.sweep("forget_addresses") == 0
    archive.advance(1)
    assert archive.sweep("forget_addresses") == 1
    found = mine(archive, number)
    assert found
    assert (found.address, found.tracking_number) == (None, EMS)
    own = archive.call(OWN_DATA["archive"], told, service_actor("identity"))
    assert "street" not in own.items[0].facts


def test_a_parcel_follows_who_holds_the_case(archive: Harness, issued: Any) -> None:
    number = issued()
    ask(archive, number)
    moved = ApplicationMoved(application_id="app-1", account_id="acc-other", moved_at=datetime.now(UTC))
    archive.deliver(APPLICATION_MOVED, moved)
    assert mine(archive, number) is None
    assert mine(archive, number, BOB) is not None


@pytest.mark.parametrize("changed", [{"postcode": "1000"}, {"telephone": "none"}, {"recipient": ""}, {"street": " "}])
def test_an_address_that_goes_nowhere_is_refused(changed: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        PostalAddress(**(HOME | changed))


@pytest.mark.requirement("I-12")
def test_whose_parcel_is_on_its_way_closes_no_account(archive: Harness, issued: Any) -> None:
    def ties() -> list[tuple[str, int]]:
        asked = ReadTies(account_id=ANN.subject)
        found = archive.call(ACCOUNT_TIES["archive"], asked, service_actor("identity"))
        return [(tie.kind, tie.count) for tie in found.items]

    number = issued()
    assert ties() == []
    parcel = ask(archive, number).parcel_number
    take(archive)
    assert ties() == [("parcel", 1)]
    send(archive, parcel)
    assert ties() == [("parcel", 1)]
    settle(archive, parcel, "returned", reason="not_reached")
    assert ties() == []


def steps(archive: Harness) -> list[tuple[str, str]]:
    with archive.uow() as uow:
        rows = uow.session.execute(text("SELECT state, note FROM parcel_steps ORDER BY step_id")).all()
    return [(row.state, row.note) for row in rows]


def test_paper_that_was_chosen_in_the_form_is_asked_for_with_the_registration(archive: Harness) -> None:
    data = approved(delivery=PostalAddress(**HOME))
    archive.deliver(APPLICATION_APPROVED, data)
    archive.deliver(APPLICATION_APPROVED, data)
    assert archive.call(LIST_MAILING, ListMailing(state="asked"), CLERK).counts == {"asked": 1}
    assert archive.call(TAKE_MAILING, TakeMailing(), CLERK).parcels == 0, "nothing is printed before the certificate"
    archive.run_worker()
    [item] = archive.call(LIST_MAILING, ListMailing(), CLERK).items
    view = mine(archive, item.registration_number)
    assert view
    assert (view.state, view.address, view.cancellable) == ("asked", PostalAddress(**HOME), True)
    assert take(archive)
    archive.deliver(APPLICATION_APPROVED, data)
    assert steps(archive) == [("asked", "form"), ("printed", "")]


def test_the_address_of_the_form_lies_nowhere_but_sealed(archive: Harness) -> None:
    archive.deliver(APPLICATION_APPROVED, approved(delivery=PostalAddress(**HOME)))
    archive.run_worker()
    dossier = archive.call(GET_DOSSIER, GetDossier(application_id="app-1"), CLERK)
    assert HOME["street"] not in dossier.model_dump_json()
    tables = [table for table in Base.metadata.sorted_tables if table.name != "inbox"]
    with archive.uow() as uow:
        kept = {one.name: [str(tuple(row)) for row in uow.session.execute(select(one))] for one in tables}
    assert any("长江边的石头" in row for row in kept["dossier_entries"])
    holding = [name for name, rows in kept.items() if any(HOME["street"] in row for row in rows)]
    assert holding == []


def test_a_parcel_is_cancelled_until_it_is_in_a_batch_and_can_be_asked_for_again(archive: Harness, issued: Any) -> None:
    number = issued(delivery=PostalAddress(**HOME))
    cancel = CancelParcel(registration_number=number)
    with pytest.raises(Problem, match="certificate_of_another"):
        archive.call(CANCEL_PARCEL, cancel, BOB)
    for _ in range(2):
        view = archive.call(CANCEL_PARCEL, cancel, ANN)
        assert (view.state, view.address, view.changeable, view.cancellable) == ("cancelled", None, True, False)
    assert archive.call(TAKE_MAILING, TakeMailing(), CLERK).parcels == 0
    archive.deliver(APPLICATION_APPROVED, approved(delivery=PostalAddress(**HOME)))
    assert [state for state, _ in steps(archive)] == ["asked", "cancelled"], "a late approval asks for nothing"
    ask(archive, number)
    take(archive)
    with pytest.raises(Problem, match="parcel_not_cancellable"):
        archive.call(CANCEL_PARCEL, cancel, ANN)
    other = issued("app-2")
    with pytest.raises(Problem, match="parcel_unknown"):
        archive.call(CANCEL_PARCEL, CancelParcel(registration_number=other), ANN)


@pytest.mark.parametrize(
    ("province", "city", "shown"),
    [
        ("浙江省", "杭州市", "浙江省杭州市"),
        ("北京市", "北京市西城区", "北京市西城区"),
        ("Shanghai", "Pudong", "Shanghai Pudong"),
        ("Shanghai", "Shanghai, Pudong", "Shanghai, Pudong"),
    ],
)
def test_lists_write_the_place_as_its_language_does(province: str, city: str, shown: str) -> None:
    assert place_of(PostalAddress(**(HOME | {"province": province, "city": city}))) == shown
