"""领取方式: an address that is told to the archive with the approval, and gone when the case ends."""

from __future__ import annotations

import pytest
from contracts.forms import Delivery, WorkForm
from contracts.mailing import PostalAddress
from filing.database import Base
from filing.types import TYPES
from sqlalchemy import select

from contracts import filing

from .conftest import Office
from .test_accepting_a_case import text_of
from .work_forms import HOME

pytestmark = pytest.mark.requirement("A-01")
PAPER = {"collection": "ems", "delivery": HOME}


def everywhere(office: Office) -> str:
    """Whatever filing keeps of its cases. Messages on their way are deleted once they have arrived."""
    tables = [table for table in Base.metadata.sorted_tables if table.name not in ("inbox", "outbox")]
    with office.harness.uow() as uow:
        kept = "".join(str(tuple(row)) for table in tables for row in uow.session.execute(select(table)))
    assert "王小明" in kept
    return kept


def test_a_form_and_a_parcel_have_the_same_address() -> None:
    def shape(model: type[Delivery] | type[PostalAddress]) -> dict[str, int]:
        schema = model.model_json_schema()["properties"]
        return {name: part["maxLength"] for name, part in schema.items()}

    assert shape(Delivery) == shape(PostalAddress)
    assert Delivery.personal_fields == PostalAddress.personal_fields


def test_the_approval_says_where_the_certificate_goes(office: Office) -> None:
    application_id = office.claimed(**PAPER)
    assert office.view(application_id).form["delivery"] == HOME
    office.decide(application_id, "approve")
    [event] = office.harness.events(filing.APPLICATION_APPROVED)
    assert event.delivery == PostalAddress(**HOME)
    assert event.form["collection"] == "ems"
    assert "delivery" not in event.form
    assert HOME["street"] not in repr(event)
    office.certify(application_id)
    case = office.view(application_id)
    assert (case.state, case.form["collection"], case.form.get("delivery")) == ("registered", "ems", None)
    assert HOME["street"] not in everywhere(office)


def test_the_form_on_paper_says_how_and_not_where(office: Office) -> None:
    application_id = office.submitted(**PAPER)
    document = office.view(application_id).application_form
    assert document
    printed = text_of(office, document)
    assert "邮寄纸质证书" in printed
    assert not [said for said in (HOME["street"], HOME["telephone"]) if said in printed]


@pytest.mark.parametrize("end", ["withdrawn", "refused", "lapsed"])
def test_a_case_that_ends_otherwise_tells_nobody(office: Office, end: str) -> None:
    application_id = office.claimed(**PAPER)
    if end == "withdrawn":
        office.call(filing.WITHDRAW_APPLICATION, office.applicant, application_id=application_id, reason="不登记了")
    elif end == "refused":
        office.decide(application_id, "refuse", reason="样本与名称不符")
        office.decide(application_id, "refuse", office.second, reason="样本与名称不符")
    else:
        office.ask_correction(application_id, "delivery.street")
        office.harness.advance(200)
        office.harness.sweep("lapse_uncorrected")
    assert office.view(application_id).state == end
    assert office.harness.events(filing.APPLICATION_APPROVED) == []
    assert HOME["street"] not in everywhere(office)


def test_it_is_corrected_like_any_field_and_not_kept_beside_the_answer(office: Office) -> None:
    application_id = office.claimed(**PAPER)
    [defect] = office.ask_correction(application_id, "delivery.street").defects
    moved = HOME | {"street": "前门大街8号"}
    office.answer(application_id, form={"delivery": moved}, answers=[{"defect_id": defect.defect_id, "text": "已搬家"}])
    case = office.view(application_id)
    assert case.form["delivery"] == moved
    assert HOME["street"] not in everywhere(office)


def test_an_address_that_nothing_goes_to_is_not_kept(office: Office) -> None:
    assert office.draft(collection="electronic", delivery=HOME).form.get("delivery") is None


def test_a_case_filed_before_addresses_were_asked_for_is_approved_without() -> None:
    assert TYPES["work_registration"].entry(WorkForm(collection="ems")).delivery is None
