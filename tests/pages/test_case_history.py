"""What was paid for a case stands in its history, between what was done with it."""

from __future__ import annotations

import re

import pytest
from chassis.errors import Problem
from gateway.pages import case_history

from tests.one_process import System
from tests.pages.test_closing import newcomer, signed_in

LINE = re.compile(r"<li><time>[^<]*</time> <span>(.*?)</span>", re.DOTALL)


@pytest.mark.requirement("P-04")
def test_the_payment_of_a_case_stands_in_its_history(system: System) -> None:
    author = newcomer(system)
    case = author.accepted()["application_id"]
    browser = signed_in(author)
    page = browser.get(f"/account/applications/{case}").text
    told = [" ".join(re.sub("<[^>]*>", "", line).split()) for line in LINE.findall(page[page.index("经过") :])]
    amount = author.get(f"/applications/{case}/order")["amount"]
    paid = next(line for line in told if line.startswith("缴费成功"))
    assert f"{amount // 100}" in paid
    newest_first = [line.split(" ")[0] for line in told]
    assert newest_first.index("受理") < newest_first.index("生成缴费单") < newest_first.index("提交申请")
    assert "生成缴费单" in newest_first


@pytest.mark.requirement("P-04")
def test_without_the_archive_the_history_is_told_as_far_as_it_is_known(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = newcomer(system)
    case = author.accepted()["application_id"]
    browser = signed_in(author)

    def away(*_: object, **__: object) -> None:
        raise Problem("service_unavailable")

    monkeypatch.setattr(case_history, "call", away)
    page = browser.get(f"/account/applications/{case}")
    assert (page.status_code, "提交申请" in page.text, "缴费成功" in page.text) == (200, True, False)
