"""Old cases are looked up by whatever is known of them, for a purpose that is written down."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.errors import Problem
from chassis.testing import person, staff_actor
from contracts.lookups import LOOK_UP_OLD_CASES, MOST_LOOKED_UP, LookUp

pytestmark = [pytest.mark.requirement("F-14"), pytest.mark.requirement("L-02")]
SERVICE = staff_actor("customer_service", id="acc-service")


def found(bridge: Any, text: str, actor: Any = SERVICE) -> list[str]:
    reply = bridge.call(LOOK_UP_OLD_CASES, LookUp(text=text, purpose="enquiry"), actor)
    return [item.case_id for item in reply.items]


def test_an_old_case_is_found_by_its_numbers_title_old_account_and_the_account_here(bridge: Any, cases: Any) -> None:
    case_id = cases.taken_over(title="气象查询系统")
    cases.taken_over(title="另一个系统", login="lina")
    row = cases.row(case_id)
    for text in (row.serial_number, row.acceptance_number.lower(), case_id, "气象", "wangwei", f" {row.serial_number}"):
        assert found(bridge, text) == [case_id], text
    assert found(bridge, "acc-person") == []
    cases.comes()
    assert found(bridge, "acc-person") == [case_id]
    for text in ("", "气", "查询", "%", "' OR ''='", "\U0010ffff\U0010ffff"):
        assert found(bridge, text) == [], text


def test_only_the_desks_look_and_each_look_is_written_down(bridge: Any, cases: Any) -> None:
    cases.taken_over()
    for actor in (person(), staff_actor("examiner"), staff_actor("cashier"), staff_actor("reviewer")):
        with pytest.raises(Problem, match="forbidden"):
            found(bridge, "wangwei", actor)
    assert len(found(bridge, "wangwei")) == 1
    audit = bridge.as_owner("SELECT actor, facts FROM audit WHERE action = 'legacy_case.look_up'")
    assert audit == [("acc-service", {"text": "wangwei", "purpose": "enquiry", "found": 1})]


def test_of_many_some_are_told_and_that_there_are_more(bridge: Any, cases: Any) -> None:
    many = [cases.taken_over(title=f"江边系统{number}", login=f"user{number}") for number in range(MOST_LOOKED_UP + 3)]
    reply = bridge.call(LOOK_UP_OLD_CASES, LookUp(text="江边", purpose="enquiry"), SERVICE)
    shown = [item.case_id for item in reply.items]
    assert len(shown) == MOST_LOOKED_UP
    assert shown == sorted(set(shown) & set(many), reverse=True)
    assert reply.more
