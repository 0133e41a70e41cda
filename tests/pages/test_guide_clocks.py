"""What the guides have of periods and of forms to download, for each type."""

from __future__ import annotations

import re

import pytest
from contracts.base import Empty
from contracts.expedite import OFFER_EXPEDITE
from filing.documents.model import BLANKS
from filing.forms.policy import policies
from filing.types import TYPES
from lxml import html
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


@pytest.mark.requirement("A-07")
@pytest.mark.requirement("F-05")
def test_the_guide_of_every_procedure_offers_the_forms_that_it_asks_for(system: System) -> None:
    visitor, offered = system.client(), set[str]()
    procedures = [one for one in TYPES.values() if one.fields.on_registration]
    assert len(procedures) > 10
    for procedure in procedures:
        answer = visitor.get(f"/registration/procedures/{procedure.name}")
        assert answer.status_code == 200, answer.text
        page = html.fromstring(answer.text)
        links = {str(link) for link in page.xpath("//a[contains(@href, '/guides/templates/')]/@href")}
        asked = {f"/guides/templates/{one.template}.pdf" for one in procedure.fields.material if one.template}
        assert links == asked, procedure.name
        assert page.xpath("//h2[.='费用与时限']"), procedure.name
        offered |= links
    assert "/guides/templates/pledgee_consent.pdf" in offered
    for link in sorted(offered):
        assert visitor.get(link).data.startswith(b"%PDF-"), link
    assert {link.rpartition("/")[2].removesuffix(".pdf") for link in offered} <= set(BLANKS)
