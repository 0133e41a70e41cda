"""The payment service with the provider simulator: real keys, real signatures, real HTTP between them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from chassis.actor import Actor
from chassis.ids import new_id
from chassis.testing import Harness, anonymous, person, service_actor
from contracts.batches import BATCH_ORDER_CREATED, BATCH_SUBMITTED, BatchSubmitted, SubmittedWork
from contracts.filing import APPLICATION_SUBMITTED, APPLICATION_WITHDRAWN, ApplicationSubmitted, ApplicationWithdrawn
from contracts.forms import REGISTRATIONS
from payment.ledger.store import balances
from payment.refunds.store import Refund
from registry_infra.provider import alipay, wechat_wire
from registry_infra.provider.app import Provider, create_app
from registry_infra.provider.notices import forger
from sqlalchemy import update
from werkzeug.serving import make_server

from contracts import payment as contract
from contracts import refunds

FEE_OF_A_CASE = 30_000
_numbers = count(1)
TEXT_WORK = {
    "kind": "work",
    "form_code": "Z11",
    "category": "A",
    "applicant_kind": "natural_person",
    "word_count": 85_000,
    "parts": 1,
}


class Counter:
    """The payment service as its callers use it, and the simulator as payers do."""

    def __init__(self, harness: Harness, provider: Provider) -> None:
        self.harness = harness
        self.provider = provider
        self.books = provider.books

    def submitted(self, account: str = "acc-person", application_id: str | None = None, **basis: Any) -> str:
        """An application is submitted; returns its id."""
        facts = {**TEXT_WORK, **basis}
        data = ApplicationSubmitted(
            application_id=application_id or new_id("app"),
            account_id=account,
            kind=facts["kind"],
            type=REGISTRATIONS[facts["kind"]],
            form_code=facts["form_code"],
            title="《城南旧事新编》",
            serial_number=f"2026Z11S{next(_numbers):06d}",
            submitted_at=datetime.now(UTC),
            applicant_name="张三",
            fee_basis=facts,
            materials=[],
            evidence="",
        )
        self.harness.deliver(APPLICATION_SUBMITTED, data)
        return data.application_id

    def order(self, application_id: str, actor: Actor | None = None) -> contract.OrderView:
        request = contract.GetOrder(application_id=application_id)
        return self.harness.call(contract.GET_ORDER, request, actor or person())

    def ordered(self, **basis: Any) -> contract.OrderView:
        return self.order(self.submitted(**basis))

    def start(self, order: contract.OrderView, method: str = "wechat", **more: Any) -> contract.PaymentView:
        request = contract.StartPayment.model_validate({"order_id": order.order_id, "method": method, **more})
        return self.harness.call(contract.START_PAYMENT, request, person(order.account_id))

    def payment(self, payment: contract.PaymentView) -> contract.PaymentView:
        return self.harness.call(contract.GET_PAYMENT, contract.GetPayment(payment_id=payment.payment_id), person())

    def pay(self, payment: contract.PaymentView, **options: Any) -> contract.PaymentView:
        request = contract.SandboxPay(payment_id=payment.payment_id, **options)
        return self.harness.call(contract.SANDBOX_PAY, request, service_actor("gateway"))

    def notices(self) -> list[contract.ProviderCallback]:
        """The callbacks that the provider would send now, in its order; they count as taken."""
        found = []
        for notice in self.books.due_notices():
            trade = self.books.trade(notice.provider, notice.out_trade_no)
            assert trade is not None
            make = wechat_wire.notice_request if notice.provider == "wechat" else alipay.notice_request
            refund = self.books.find_refund(notice.provider, notice.out_refund_no) if notice.out_refund_no else None
            headers, body = make(notice, trade, self.provider.keys, forger(), refund)
            name = "wechatpay" if notice.provider == "wechat" else "alipay"
            found.append(contract.ProviderCallback(provider=name, headers=headers, body=body))
            self.books.taken(notice)
        return found

    def call_back(self, callback: contract.ProviderCallback) -> contract.CallbackReply:
        return self.harness.call(contract.HANDLE_CALLBACK, callback, anonymous())

    def paid(self, order: contract.OrderView, method: str = "wechat", **options: Any) -> contract.PaymentView:
        """Started, paid and called back."""
        payment = self.start(order, method)
        self.pay(payment, **options)
        for callback in self.notices():
            self.call_back(callback)
        return payment

    def ask(self, actor: Actor, **request: Any) -> list[refunds.RefundView]:
        """A cashier asks for a refund."""
        asked = refunds.AskRefund.model_validate({"reason": "多缴", "evidence": "来信 2026-11", **request})
        return self.harness.call(refunds.ASK_REFUND, asked, actor).items

    def decide(self, refund_id: str, step: str, actor: Actor, note: str = "查过") -> refunds.RefundView:
        request = refunds.DecideRefund.model_validate({"refund_id": refund_id, "step": step, "note": note})
        return self.harness.call(refunds.DECIDE_REFUND, request, actor)

    def refund(self, refund_id: str, actor: Actor) -> refunds.RefundView:
        return self.harness.call(refunds.GET_REFUND, refunds.RefundRef(refund_id=refund_id), actor)

    def refunds(self, queue: str, actor: Actor, **more: Any) -> list[refunds.RefundView]:
        request = refunds.ListRefunds.model_validate({"queue": queue, **more})
        return self.harness.call(refunds.LIST_REFUNDS, request, actor).items

    def carry(self, rounds: int = 3) -> None:
        """The refunds that are under way go on, as if the pause between questions had passed."""
        for _ in range(rounds):
            with self.harness.uow() as uow:
                uow.session.execute(
                    update(Refund).where(Refund.next_poll_at.is_not(None)).values(next_poll_at=uow.now())
                )
            self.harness.sweep("carry_refunds")

    def batch(self, cases: int = 3, batch_id: str | None = None) -> contract.OrderView:
        """The one order for the works of a batch."""
        works = [
            SubmittedWork(
                application_id=new_id("app"),
                kind="work",
                title=f"作品{number}",
                serial_number=f"S{number}",
                fee_basis={name: value for name, value in TEXT_WORK.items() if name != "kind"},
            )
            for number in range(1, cases + 1)
        ]
        data = BatchSubmitted(
            batch_id=batch_id or new_id("bat"),
            account_id="acc-person",
            applicant_name="张三",
            name="秋季作品",
            submitted_at=datetime.now(UTC),
            works=works,
        )
        self.harness.deliver(BATCH_SUBMITTED, data)
        return self.order(works[0].application_id)

    def works_of(self, order: contract.OrderView) -> list[str]:
        """The applications that the order of a batch is for, ended or not."""
        told = [event for event in self.harness.events(BATCH_ORDER_CREATED) if event.order_id == order.order_id]
        return [work.application_id for work in told[0].works]

    def withdraw(self, application_id: str) -> None:
        """The case ends before it was accepted."""
        facts = {"kind": "work", "type": "work_registration", "form_code": "Z11", "title": "作品", "serial_number": "S"}
        ended = ApplicationWithdrawn(
            application_id=application_id, account_id="acc-person", withdrawn_at=datetime.now(UTC), reason="", **facts
        )
        self.harness.deliver(APPLICATION_WITHDRAWN, ended)

    def provider_refunds(self) -> list[Any]:
        """What the provider has paid or means to pay, of every trade."""
        return [refund for trade in self.books.trades() for refund in self.books.refunds_of(trade)]

    def balances(self, order: contract.OrderView | None = None) -> dict[str, int]:
        with self.harness.uow() as uow:
            return {k: v for k, v in balances(uow.session, order.order_id if order else None).items() if v}

    def audited(self, action: str) -> list[dict[str, Any]]:
        from chassis.tables import AuditRow
        from sqlalchemy import select

        with self.harness.uow() as uow:
            return list(uow.session.scalars(select(AuditRow.facts).where(AuditRow.action == action)))


@pytest.fixture
def provider(keys: Path, tmp_path: Path) -> Provider:
    return Provider(keys / "provider", tmp_path / "books.sqlite")


@pytest.fixture
def provider_url(provider: Provider) -> Iterator[str]:
    """The simulator, listening."""
    server = make_server("127.0.0.1", 0, create_app(provider), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def counter(
    service_harness: Callable[..., Harness],
    provider: Provider,
    provider_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Counter:
    monkeypatch.setenv("REGISTRY_PROVIDER_URL", provider_url)
    return Counter(service_harness("payment"), provider)
