"""A bank statement from its upload until all its rows are matched, the page of its rows, and the memory that it takes.

    python -m tests.load.statements 100000 3

for so many rows, of which so many in a hundred pay an order.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from chassis.testing import Harness, staff_actor
from contracts.statements import (
    GET_STATEMENT,
    LIST_BANK_ROWS,
    TAKE_STATEMENT,
    ListBankRows,
    StatementRef,
    TakeStatement,
)

from tests.load.memory import Memory
from tests.load.orders import ACCOUNT, FEE, make_orders, payment, serial_number
from tests.load.servers import bench, median, show

CASHIER = staff_actor("cashier", id="acc-cashier")
PATIENCE = 600
ACCOUNT_OF_THE_OFFICE = {
    "REGISTRY_BANK_PAYEE": "中国版权保护中心",
    "REGISTRY_BANK_NAME": "交通银行",
    "REGISTRY_BANK_ACCOUNT": ACCOUNT,
}


def statement(rows: int, orders: int, month: int = 11) -> bytes:
    """A file as China Merchants Bank writes it: ten days, notes as people write them, balances that follow."""
    lines, balance, paid = ["记账日期,货币,交易金额,联机余额,交易摘要,对手信息,客户摘要"], 0, 0
    for number in range(rows):
        pays = paid * rows < number * orders
        amount = FEE if pays else 1_000 + number * 37 % 900_000
        note = f"登记费 {serial_number(paid)}" if pays else f"货款 合同{number % 7919:05d}号 第{number}笔"
        paid += pays
        balance += amount
        day = f"2026-{month}-{1 + number * 10 // rows:02d}"
        payer = f"北京某某文化传播有限公司{number % 4001}"
        lines.append(f"{day},CNY,{amount / 100:.2f},{balance / 100:.2f},转账,{payer},{note}")
    return "\n".join([f"账号：{ACCOUNT}", *lines]).encode("gb18030")


@contextmanager
def worker(environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """The worker that reads statements, as a process."""
    command = [sys.executable, "-m", "chassis.worker", "payment"]
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def sent(harness: Harness, data: bytes) -> str:
    """Number of a statement that was uploaded."""
    receipt = harness.receipt(CASHIER.subject, data, "statement.csv")
    taken = harness.call(TAKE_STATEMENT, TakeStatement(receipt=receipt), CASHIER)
    return str(taken.statement_id)


def until_read(harness: Harness, statement_id: str) -> Any:
    """The statement, when its rows are matched."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = harness.call(GET_STATEMENT, StatementRef(statement_id=statement_id), CASHIER)
        if found.state != "reading":
            return found
        time.sleep(0.5)
    raise TimeoutError("the statement is not read")


def page_ms(harness: Harness, **wanted: str) -> float:
    """Milliseconds of a page of rows, by the median."""
    took = []
    for _ in range(9):
        began = time.perf_counter()
        harness.call(LIST_BANK_ROWS, ListBankRows.model_validate(wanted), CASHIER)
        took.append((time.perf_counter() - began) * 1000)
    return median(took)


def main(rows: int = 100_000, percent: int = 3) -> None:
    orders = rows * percent // 100
    with bench() as servers, payment(servers) as (harness, environment):
        make_orders(harness, orders)
        with worker({**environment, **ACCOUNT_OF_THE_OFFICE}) as process:
            until_read(harness, sent(harness, statement(10, 0, month=10)))
            with Memory(process.pid) as memory:
                began = time.monotonic()
                statement_id = sent(harness, statement(rows, orders))
                found = until_read(harness, statement_id)
                seconds = time.monotonic() - began
        assert (found.state, found.rows, found.waiting) == ("done", rows, rows - orders), found
        grown, reader = ((memory.own - memory.before) / 2**20, memory.below / 2**20)
        show(bench="statements", rows=rows, orders=orders, seconds=seconds, us_a_row=seconds / rows * 1e6)
        show(bench="statements", worker_grown_mib=grown, reader_mib=reader, together_mib=grown + reader)
        show(
            bench="statements",
            page_of_file_ms=page_ms(harness, statement_id=statement_id),
            page_waiting_ms=page_ms(harness, state="waiting"),
            page_by_words_ms=page_ms(harness, text="合同00042号"),
        )


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:3]))
