"""The cashier's pages for what goes wrong with remittances: a statement without an account, a row matched wrongly."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from chassis.signing import create_sandbox_pki
from chassis.testing.databases import DatabaseFactory

from tests.author import Author
from tests.one_process import System, running_system
from tests.pages.test_office_desks import at_desk, seen, words

ACCOUNT = "110060000010149999999"


@pytest.fixture(scope="module")
def system(databases: DatabaseFactory, keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    create_sandbox_pki(keys / "pki")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("REGISTRY_BANK_PAYEE", "中国版权保护中心")
        patched.setenv("REGISTRY_BANK_NAME", "交通银行")
        patched.setenv("REGISTRY_BANK_ACCOUNT", ACCOUNT)
        with running_system(databases, keys, tmp_path_factory.mktemp("system")) as running:
            yield running


@pytest.mark.requirement("P-03")
def test_a_cashier_says_whose_statement_it_is_and_turns_what_was_matched_wrongly(system: System) -> None:
    author = Author.settled(system)
    ann, bea = (at_desk(system, "cashier", id=f"acc-cashier-{name}") for name in ("ann", "bea"))
    payment = system.services["payment"]
    wrong = author.get(f"/applications/{author.accepted(paper=False)['application_id']}")
    head = "记账日期,货币,交易金额,联机余额,交易摘要,对手信息,客户摘要"
    csv = f"{head}\n2026-11-20,CNY,300.00,300.00,转账,王小二,登记费 {wrong['serial_number']}".encode("gb18030")
    sent = ann.post("/staff/bank/statements", data={"statement_file": (BytesIO(csv), "对账单.csv")})
    assert sent.status_code == 303, words(sent, sent.status_code)
    place = sent.headers["Location"]
    payment.run_worker()
    page = ann.get(place)
    assert "没有写明是哪个账户的" in words(page)
    assert "不是本单位账号" in words(ann.post(place, data={"note": "本户", "account": "0000"}), 422)
    assert ann.post(place, data={"note": "网银导出的本户流水", "account": ACCOUNT[-4:]}).status_code == 303
    payment.run_worker()
    assert "已由出纳认可" in words(ann.get(place))
    [row] = set(seen(ann.get(place)).xpath(".//a[contains(@href, '/staff/bank/rows/')]/@href"))
    assert words(bea.get(row))
    order = author.get(f"/applications/{author.accepted(paper=False)['application_id']}")["order"]["order_id"]
    told = words(bea.get(f"/staff/refunds/orders/{order}"))
    assert "银行流水配错了缴费单" in told
    turned = {"line-1": "300.00", "pays": "2026Z11S999999", "pays_reason": "认领时点错了"}
    assert bea.post(f"/staff/refunds/orders/{order}", data=turned).status_code == 422


@pytest.mark.requirement("P-03")
def test_a_cashier_accepts_one_of_two_accounts_in_a_statement(system: System) -> None:
    ann = at_desk(system, "cashier", id="acc-cashier-ann")
    mt940 = "".join(
        f":20:{number}\n:25:{account}\n:28C:1/1\n:60F:C261119CNY0,\n:61:2611201120C300,00NTRF//REF{number}\n:86:登记费\n"
        ":62F:C261120CNY999,00\n-\n"
        for number, account in ((1, "6222000099998888"), (2, ACCOUNT))
    ).encode()
    sent = ann.post("/staff/bank/statements", data={"statement_file": (BytesIO(mt940), "对账单.sta")})
    place = sent.headers["Location"]
    payment = system.services["payment"]
    payment.run_worker()
    boxes = seen(ann.get(place)).xpath(".//input[@name='parts']/@value")
    assert boxes == ["1", "2"]
    assert ann.post(place, data={"note": "已向银行核实"}).status_code == 422
    assert ann.post(place, data={"note": "已向银行核实", "parts": ["x"]}).status_code == 422
    assert ann.post(place, data={"note": "已向银行核实", "parts": ["2"]}).status_code == 303
    payment.run_worker()
    page = ann.get(place)
    assert "一部分已由出纳认可" in words(page)
    assert seen(page).xpath(".//input[@name='parts']") == [], "one is left: there is nothing to choose"
