"""The office and the sandbox as the applicant's tests need them, over the API: codes sent, staff who decide."""

from __future__ import annotations

from typing import Any

from registry_infra.portal import newest_code, wait_for

from tests.staff import Staff


class Office:
    """Everybody behind the counter."""

    def __init__(self, staff: Staff) -> None:
        self.visitor = staff.visitor
        self._as = staff

    def code_for(self, mobile: str, unlike: str = "") -> str:
        """The newest code sent to a number; ``unlike`` an earlier one, which is not it."""

        def fresh() -> str | None:
            code = newest_code(self.visitor, mobile)
            return code if code != unlike else None

        return wait_for(f"a code for {mobile}", fresh)

    def verify(self, name: str) -> None:
        """A reviewer approves the newest pending verification of somebody with this name."""
        reviewer = self._as("reviewer")

        def checked() -> dict[str, Any] | None:
            waiting = reviewer.get("/staff/verifications?state=pending&limit=200")["items"]
            found = [item for item in waiting if item["name"] == name and item["check"] == "done"]
            return found[-1] if found else None

        number = wait_for(f"the automatic check of {name}'s images", checked, 120)["verification_id"]
        reviewer.post(f"/staff/verifications/{number}/decision", {"decision": "approve"})

    def receive_paper(self, serial_number: str) -> None:
        self._as("intake").post("/staff/paper-receipts", {"serial_number": serial_number})

    def claim(self, application_id: str) -> None:
        self._as("examiner").post(f"/staff/examinations/{application_id}/claim", {"reason": "由测试领取"})

    def decide(self, application_id: str, decision: str, defects: list[dict[str, Any]] | None = None) -> None:
        body: dict[str, Any] = {"decision": decision} | ({"defects": defects} if defects else {})
        self._as("examiner").post(f"/staff/examinations/{application_id}/decision", body)
