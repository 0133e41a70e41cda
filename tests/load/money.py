"""Money while everything dies: providers' notices and bank rows, some again, out of order or forged, to the fen.

    python -m tests.load.money 10000

for so many notices and rows. Three in ten come again, one in a hundred is forged, and they come in any order;
meanwhile service, worker, broker and database are killed. Statements are uploaded, or dropped in the folder.
"""

from __future__ import annotations

import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from chassis.errors import Problem
from chassis.rpc.client import RpcClient
from chassis.testing import Harness, staff_actor
from chassis.topology import declare
from chassis.work.parking import release
from contracts.payment import HANDLE_CALLBACK, ProviderCallback
from contracts.statements import TAKE_STATEMENT, TakeStatement
from registry_infra.provider.keys import ProviderKeys, create_provider_keys
from sqlalchemy.exc import SQLAlchemyError

from tests.load.dying import Dying, servers_that_come_back
from tests.load.money_books import Truth, complaints, unfinished
from tests.load.orders import ACCOUNT, FEE, make_orders, payment, serial_number
from tests.load.servers import Bench, bench, show
from tests.load.settlement import NOWHERE, Signer, start_payments

CASHIER = staff_actor("cashier", id="acc-cashier")
ROWS_IN_A_FILE = 40
A_SECOND, LEAST_SECONDS = 60, 30
"""So many are sent at most: there must be time for deaths."""
PATIENCE = 240
Send = Callable[[], None]


@dataclass
class Campaign:
    """What came of one: ``wrong`` is empty when every fen is where it should be."""

    wrong: list[str]
    killed: Counter[str]


class Sender:
    """Sends as providers, banks and cashiers do: again until somebody has it."""

    def __init__(self, harness: Harness, client: RpcClient, folder: Path) -> None:
        self._harness, self._client, self._folder = harness, client, folder
        self.wrong: list[str] = []

    def notice(self, callback: ProviderCallback, *, forged: bool = False) -> Send:
        def send() -> None:
            self._insist(lambda: self._tell(callback, forged))

        return send

    def _tell(self, callback: ProviderCallback, forged: bool) -> bool:
        try:
            self._client.call(HANDLE_CALLBACK, callback, timeout=5)
        except Problem as problem:
            return forged and problem.code == "callback_invalid"
        if forged:
            self.wrong.append("a forged notice was taken")
        return True

    def upload(self, data: bytes) -> Send:
        def take() -> bool:
            with suppress(Problem, SQLAlchemyError):
                receipt = self._harness.receipt(CASHIER.subject, data, "statement.csv")
                self._harness.call(TAKE_STATEMENT, TakeStatement(receipt=receipt), CASHIER)
                return True
            return False

        return lambda: self._insist(take)

    def drop(self, data: bytes, number: int) -> Send:
        def send() -> None:
            part = self._folder / f"{number}.part"
            part.write_bytes(data)
            part.rename(self._folder / f"{number}.csv")

        return send

    def _insist(self, ask: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not ask():
            if time.monotonic() > deadline:
                self.wrong.append("something that was sent is never taken")
                return
            time.sleep(0.2)


def rows_of(truth: Truth, count: int, first_order: int) -> list[str]:
    """Lines of a statement: most pay an order, some a part of one, or one that a notice pays, or nobody knows what."""
    lines = []
    for number in range(count):
        order, amount = first_order + number, FEE
        note = f"登记费 {serial_number(order)}"
        match number % 20:
            case 3:
                amount = FEE - 1
            case 7:
                note = f"来款{number:06d}"
            case 11:
                note = f"登记费 {serial_number(number % max(first_order, 1))}"
            case 15:
                amount = -1000 - number
        payer = f"付款人{number:06d}"
        truth.booked[(amount, payer, f"{note}\n转账")] += 1
        lines.append(f"2026-11-20,CNY,{amount / 100:.2f},,转账,{payer},{note}")
    return lines


def files_of(lines: Sequence[str], chance: random.Random, again: int) -> list[bytes]:
    """Every line in a file, and so many in another one too."""
    wanted = [*lines, *chance.sample(lines, again)]
    header = "记账日期,货币,交易金额,联机余额,交易摘要,对手信息,客户摘要"
    chunks, left = [], wanted
    while left:
        chunk, left = left[:ROWS_IN_A_FILE], left[ROWS_IN_A_FILE:]
        chunks.append("\n".join([f"账号：{ACCOUNT}", header, *dict.fromkeys(chunk)]).encode())
    return chunks


def plan(
    size: int, harness: Harness, sender: Sender, signer: Signer, chance: random.Random, truth: Truth
) -> list[Send]:
    """What is sent, in any order: half notices and half rows, three in ten again, one in a hundred forged."""
    forged, again = size // 100, size * 3 // 10
    notices = (size - forged - again) // 2
    rows = size - forged - again - notices
    orders = make_orders(harness, notices + rows + forged)
    start_payments(harness, [*orders[:notices], *orders[notices + rows :]])
    told = []
    for number, order_id in enumerate(orders[:notices]):
        amount = FEE - 5 if number % 20 == 9 else FEE
        truth.charged[f"T{order_id}"] = amount
        told.append(signer.notice(order_id, amount))
    sends = [sender.notice(callback) for callback in [*told, *chance.choices(told, k=again // 2)]]
    truth.unpaid.update(orders[notices + rows :])
    sends += [sender.notice(signer.forged(one), forged=True) for one in orders[notices + rows :]]
    files = files_of(rows_of(truth, rows, notices), chance, again - again // 2)
    for number, data in enumerate([*files, files[0]]):
        sends.append(sender.drop(data, number) if number % 2 else sender.upload(data))
    sends.sort(key=lambda _: chance.random())
    return sends


def campaign(servers: Bench, size: int, seed: int = 1, variant: str = "", pause: float = 4.0) -> Campaign:
    """``pause``: seconds between two deaths, about; 0: nobody dies, and all is sent at once. ``variant``: a broken
    payment service."""
    chance, truth = random.Random(seed), Truth()
    with payment(servers) as (harness, environment):
        create_provider_keys(servers.keys / "provider")
        declare(servers.broker)
        folder = servers.folder / "bank"
        folder.mkdir()
        client = RpcClient(servers.broker, "gateway")
        sender = Sender(harness, client, folder)
        signer = Signer(ProviderKeys.load(servers.keys / "provider"))
        sends = plan(size, harness, sender, signer, chance, truth)
        environment = {
            **environment,
            "REGISTRY_PROVIDER_URL": NOWHERE,
            "REGISTRY_BANK_FOLDER": str(folder),
            "REGISTRY_BANK_PAYEE": "中国版权保护中心",
            "REGISTRY_BANK_NAME": "交通银行",
            "REGISTRY_BANK_ACCOUNT": ACCOUNT,
        }
        began, seconds = time.monotonic(), max(size / A_SECOND, LEAST_SECONDS) if pause else 0
        with Dying(servers.folder, environment, variant) as dying:
            if pause:
                dying.begin_to_kill(pause, chance)
            with ThreadPoolExecutor(6) as pool:
                for done in [pool.submit(send) for send in _spread(sends, seconds)]:
                    done.result()
            if pause:
                dying.until_each_died(LEAST_SECONDS)
            dying.let_live()
            came_to_rest = _rest(harness, folder)
            wrong = [
                *sender.wrong,
                *([] if came_to_rest else [f"{one} does not come to rest" for one in unfinished(harness, folder)]),
                *complaints(harness, truth),
            ]
        client.close()
    show(bench="money", size=size, seconds=time.monotonic() - began, killed=dict(dying.killed), wrong=len(wrong))
    return Campaign(wrong, dying.killed)


def _spread(sends: Sequence[Send], seconds: float) -> Iterator[Send]:
    began = time.monotonic()
    for number, send in enumerate(sends):
        time.sleep(max(0.0, began + number * seconds / len(sends) - time.monotonic()))
        yield send


def _rest(harness: Harness, folder: Path) -> bool:
    """Waits until every file is read and put away. What was parked, since it died too often, is released as an operator
    does."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with suppress(Problem, SQLAlchemyError, psycopg.Error, OSError):  # database and folder are still moving
            with harness.runtime.unit_of_work() as uow:
                release(uow.session)
            if not unfinished(harness, folder):
                return True
        threading.Event().wait(0.5)
    return False


def main(size: int = 10_000, seed: int = 1) -> None:
    with bench(servers_that_come_back) as servers:
        found = campaign(servers, size, seed)
    for complaint in found.wrong[:20]:
        sys.stdout.write(f"{complaint}\n")
    sys.exit(bool(found.wrong))


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:3]))
