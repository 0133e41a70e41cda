"""Bank remittance: an applicant copies the note, the bank's statement comes in, and the case is accepted."""

from __future__ import annotations

from typing import Any

import pytest
from registry_infra.portal import wait_for

from tests.journeys.people import Person
from tests.staff import Staff


@pytest.mark.requirement("P-03")
def test_a_remittance_is_matched_by_its_note_and_what_is_nobodys_waits_for_a_cashier(
    author: Person, staff: Staff
) -> None:
    case = author.ready_to_sign()
    author.submit(case)
    slip = author.start_payment(case, "bank")["remittance"]
    cashier = staff("cashier")
    note = slip["note"].replace("\n", "")
    other = f"捐款{note[-6:]}"
    lines = [
        "记账日期,货币,交易金额,联机余额,交易摘要,对手信息,客户摘要",
        f"2026-11-20,CNY,{slip['amount']},{slip['amount']},转账,某公司,{note[:-5]} {note[-5:]}",
        f"2026-11-20,CNY,0.07,{float(slip['amount']) + 0.07:.2f},转账,无名氏,{other}",
    ]
    upload_id = cashier.upload("\n".join(lines).encode("gb18030"), "对账单.csv")
    taken = cashier.post("/staff/bank-statements", {"upload_id": upload_id})

    def read() -> dict[str, Any] | None:
        found: dict[str, Any] = cashier.get(f"/staff/bank-statements/{taken['statement_id']}")
        return found if found["state"] != "reading" else None

    found = wait_for("the statement to be read", read)
    assert (found["needs_acceptance"], found["waiting"]) == (True, 2), "the file names no account"
    said = {"note": "网银导出的本户流水", "account": slip["account"].replace(" ", "")[-4:]}
    cashier.post(f"/staff/bank-statements/{taken['statement_id']}/acceptance", said)
    found = wait_for("the statement to be matched", read)
    assert (found["state"], found["rows"], found["waiting"], found["encoding"]) == ("done", 2, 1, "GB 18030")
    wait_for("the case to be accepted", lambda: author.me.get(f"/applications/{case}")["state"] == "accepted" or None)
    assert author.order(case)["payments"][0]["state"] == "succeeded"
    number = author.me.get(f"/applications/{case}")["acceptance_number"]
    searched = cashier.get(f"/staff/money?text={number}")
    order_id = author.order(case)["order_id"]
    assert ([one["application_id"] for one in searched["cases"]], searched["orders"][0]["order_id"]) == (
        [case],
        order_id,
    )
    filed = cashier.get(f"/staff/orders/{order_id}")
    assert [one["row_id"] for one in filed["money"]] == [one["row_id"] for one in searched["rows"]] != []
    [row] = cashier.get(f"/staff/bank-rows?state=waiting&text={other}")["items"]
    decided = cashier.post(f"/staff/bank-rows/{row['row_id']}/decision", {"step": "explain", "note": "捐款"})
    assert (decided["state"], decided["actions"][0]["note"]) == ("explained", "捐款")
