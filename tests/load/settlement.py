"""Payments that a provider's signed notices settle: how many a second, by one payment service and by two.

    python -m tests.load.settlement 1000

for so many orders in each turn. What is measured is the whole command: signature, ledger, audit, events, and the call.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psutil
from chassis.rpc.client import RpcClient
from chassis.testing import Harness
from chassis.topology import declare
from contracts.base import Empty
from contracts.payment import HANDLE_CALLBACK, TARIFF, ProviderCallback
from registry_infra.provider.alipay import notice_request
from registry_infra.provider.keys import ProviderKeys, create_provider_keys
from registry_infra.provider.notices import forger
from registry_infra.provider.records import Notice, Trade

from tests.load.orders import FEE, make_orders, payment
from tests.load.servers import bench, percentile, show

AT_ONCE = 12
NOWHERE = "http://127.0.0.1:9"
_STARTED = """INSERT INTO payments (payment_id, order_id, method, scene, amount, started_at, expires_at)
    SELECT 'pmt-' || order_id, order_id, 'alipay', 'qr', amount, now(), now() + interval '2 hours' FROM orders
    WHERE order_id = ANY(%s)"""


@contextmanager
def services(
    count: int, environment: Mapping[str, str], broker: str
) -> Iterator[tuple[RpcClient, list[psutil.Process]]]:
    """So many payment services on one queue, and a client that one of them has answered."""
    command = [sys.executable, "-W", "ignore", "-m", "chassis.run", "payment"]
    started = [
        subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL) for _ in range(count)
    ]
    client = RpcClient(broker, "gateway")
    try:
        for _ in range(4 * count):
            client.call(TARIFF, Empty(), timeout=60)
        yield client, [psutil.Process(one.pid) for one in started]
    finally:
        client.close()
        for one in started:
            one.terminate()
            one.wait()


class Signer:
    """The provider, who says that payments came."""

    def __init__(self, keys: ProviderKeys) -> None:
        self._keys, self._nobody = keys, forger()

    def notice(self, order_id: str, amount: int = FEE, *, forged: bool = False) -> ProviderCallback:
        """Of the payment that was started for an order."""
        now = time.time()
        number = f"pmt-{order_id}"
        trade = Trade("alipay", number, "qr", amount, "登记费", "", now, "", "SUCCESS", f"T{order_id}", amount, now)
        notice = Notice(f"N{order_id}", 0, "alipay", number, None, now, 0, forged, 0)
        headers, body = notice_request(notice, trade, self._keys, self._nobody)
        return ProviderCallback(provider="alipay", headers=headers, body=body)

    def forged(self, order_id: str) -> ProviderCallback:
        """The same, signed by somebody else."""
        return self.notice(order_id, forged=True)


def start_payments(harness: Harness, order_ids: Sequence[str]) -> None:
    """One payment through the provider is under way for each order."""
    harness.as_owner(_STARTED, list(order_ids))


def measure(
    count: int, client: RpcClient, processes: Sequence[psutil.Process], sent: Sequence[ProviderCallback]
) -> None:
    """All notices, so many at once."""

    def settle(callback: ProviderCallback) -> float:
        began = time.perf_counter()
        client.call(HANDLE_CALLBACK, callback, timeout=30)
        return (time.perf_counter() - began) * 1000

    def used() -> float:
        times: list[Any] = [process.cpu_times() for process in processes]
        return float(sum(one.user + one.system for one in times))

    before, began = used(), time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        took = list(pool.map(settle, sent))
    seconds = time.perf_counter() - began
    show(
        bench="settlement",
        services=count,
        payments=len(sent),
        a_second=len(sent) / seconds,
        cpu_ms_of_services=(used() - before) / len(sent) * 1000,
        ms_p50=percentile(took, 0.5),
        ms_p99=percentile(took, 0.99),
    )


def main(payments: int = 1000) -> None:
    with bench() as servers, payment(servers) as (harness, environment):
        create_provider_keys(servers.keys / "provider")
        signer = Signer(ProviderKeys.load(servers.keys / "provider"))
        declare(servers.broker)
        environment = {**environment, "REGISTRY_PROVIDER_URL": NOWHERE}
        turns = (1, 2, 1, 2)
        orders = make_orders(harness, payments * len(turns))
        for turn, count in enumerate(turns):
            part = orders[turn * payments : (turn + 1) * payments]
            start_payments(harness, part)
            sent = [signer.notice(order_id) for order_id in part]
            with services(count, environment, servers.broker) as (client, processes):
                measure(count, client, processes, sent)
        paid = harness.as_owner("SELECT count(*), sum(amount) FROM money_received")
        assert paid == [(len(orders), len(orders) * FEE)], paid
        booked = harness.as_owner("SELECT sum(amount) FROM ledger_postings WHERE account = 'clearing_alipay'")
        assert booked == [(len(orders) * FEE,)], booked


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:2]))
