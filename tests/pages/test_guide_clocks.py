"""办理时限: the guide has every period that a case may meet, of each kind of registration."""

from __future__ import annotations

import re

import pytest
from contracts.base import Empty
from contracts.expedite import OFFER_EXPEDITE
from filing.forms.policy import policies
from payment.orders.model import PAYMENT_WORKING_DAYS

from tests.one_process import System


@pytest.mark.requirement("A-07")
@pytest.mark.requirement("F-12")
def test_the_guide_lists_every_period_of_works_and_software(system: System) -> None:
    page = system.client().get("/guides/clocks").text
    plain = [" ".join(re.sub("<[^>]*>", " ", row).split()) for row in re.findall("<tr>(.*?)</tr>", page, re.DOTALL)]
    filing = system.services["filing"]
    with filing.uow() as uow:
        today = uow.today()
    for type_ in ("work_registration", "software_registration"):
        policy = policies().on(type_, today)
        assert f"<h2>{policy.title.zh}</h2>" in page
        for row in (
            f"缴费 {PAYMENT_WORKING_DAYS} 个工作日",
            f"受理 {policy.acceptance_working_days} 个工作日",
            f"纸质材料 {policy.paper_days} 日",
            f"审查 {policy.examination_days} 日",
            f"补正 {policy.correction_days} 日",
        ):
            assert sum(line.startswith(row) for line in plain) >= 1, row
    for tier in filing.call(OFFER_EXPEDITE, Empty()).items:
        assert any(line.startswith(f"加急办理 {tier.working_days} 个工作日") for line in plain)
    assert any(line.startswith("实名认证") for line in plain)
    english = system.client().get("/guides/clocks?lang=en").text
    assert "Other periods" in english
