"""The worker's part: reads a file in confinement, keeps its rows, and has those pay that leave no doubt."""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from chassis.confinement import ConfinedPool, Limits
from chassis.errors import Problem
from chassis.failpoints import failpoint
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.work import ALONE, Lane
from contracts.statements import REFUSALS, RowReason, RowState

from payment.matching.handlers import judge_rows
from payment.reconciliation.handlers import statement_came
from payment.settings import payment_settings
from payment.settlement.transfers import due, keep_part, pay_by_transfers, payable
from payment.statements import store
from payment.statements.aside import reopen
from payment.statements.deciding import move, report_of
from payment.statements.keeping import Said, in_chunks, keep_rows
from payment.statements.leaving import leave
from payment.statements.model import Row, is_fee, masked_account, names_account, refund_numbers, same_account
from payment.statements.store import BankStatement

AT_ONCE = 1000
JUDGED_AT_ONCE = 500
_MODULE = "payment.statements.reading"
_LIMITS = Limits(memory_bytes=512 << 20, cpu_seconds=60, wall_seconds=90.0, output_bytes=256 << 20, reply_bytes=1 << 20)
_pool: ConfinedPool | None = None
_starting = threading.Lock()


def _confined() -> ConfinedPool:
    global _pool
    with _starting:
        if _pool is None:
            _pool = ConfinedPool([_MODULE], workers=1)
        return _pool


def close_confined() -> None:
    """Ends the confined processes."""
    global _pool
    with _starting:
        if _pool is not None:
            _pool.close()
            _pool = None


def read_next(runtime: Runtime, lane: Lane = ALONE) -> bool:
    """Reads the next file, or matches the rows of one that was accepted; False when there is none.

    A file whose worker died goes on where it was: rows that are kept are only seen again, and those that were matched
    are no longer new.
    """
    with lane.piece(runtime, BankStatement) as statement:
        if statement is None:
            return False
        if not statement.parts and not _read(runtime, statement):
            return True
        _match(runtime, statement.statement_id)
        with runtime.unit_of_work() as uow:
            found = store.find_statement(uow.session, statement.statement_id, lock=True)
            assert found is not None
            store.count_rows(uow.session, found.statement_id)
            found.state = "done"
            statement_came(found.statement_id, uow)
            uow.audit("statement.read", subject=found.statement_id, format=found.format, parts=len(found.parts))
    return True


def _read(runtime: Runtime, statement: BankStatement) -> bool:
    """Whether the file is a statement, whose rows are kept now."""
    with tempfile.TemporaryDirectory(prefix="statement-") as folder:
        output = Path(folder) / "rows"
        with runtime.objects.local_path(statement.sha256) as path:
            outcome = _confined().run(f"{_MODULE}:read_statement", path=path, output=output, limits=_LIMITS)
        if not outcome.ok:
            code = outcome.detail if outcome.detail in REFUSALS else "statement_not_readable"
            _refuse(runtime, statement.statement_id, code, int(outcome.params.get("line", 0)))
            return False
        with output.open("rb") as lines:
            _keep(runtime, statement.statement_id, outcome.value, lines)
    return True


def _refuse(runtime: Runtime, statement_id: str, code: str, line: int) -> None:
    with runtime.unit_of_work() as uow:
        found = store.find_statement(uow.session, statement_id, lock=True)
        assert found is not None
        found.state, found.problem, found.problem_line = "refused", code, line
        uow.audit("statement.refuse", subject=statement_id, problem=code, line=line)


def _keep(runtime: Runtime, statement_id: str, said: dict[str, Any], lines: Iterable[bytes]) -> None:
    """Every row, and then what the file says of itself: a file without that was not kept to its end."""
    bank = payment_settings(runtime.settings).bank
    ours = bank.account if bank else ""
    parts = [
        {**part, "ours": same_account(part["account"], ours), "named": not ours or names_account(part["account"])}
        for part in said["parts"]
    ]
    for chunk in in_chunks(_said(parts, ours, lines), AT_ONCE):
        with runtime.unit_of_work() as uow:
            keep_rows(uow.session, statement_id, chunk)
            reopen(statement_id, chunk, uow)
        failpoint("statement.kept")
    with runtime.unit_of_work() as uow:
        found = store.find_statement(uow.session, statement_id, lock=True)
        assert found is not None
        found.format, found.encoding, found.parts = said["format"], said["encoding"], parts


def _said(parts: list[dict[str, Any]], ours: str, lines: Iterable[bytes]) -> Iterator[Said]:
    for line in lines:
        number, fields = json.loads(line)
        row, part = Row(**fields), parts[number]
        masked = replace(row, payer_account=masked_account(row.payer_account))
        yield Said(new_id("brw"), number, masked, ours if part["ours"] else part["account"], *_first_state(row, part))


def _first_state(row: Row, part: dict[str, Any]) -> tuple[RowState, RowReason]:
    """What is seen in the row itself and in its statement. *new* rows are matched, refunds that left among them."""
    if row.amount == 0:
        return "explained", "nothing"
    if row.currency != "CNY":
        return "waiting", "foreign"
    if not part["named"]:
        return "waiting", "account_unnamed"
    if is_fee(row.amount, row.kind, row.note):
        return "explained", "bank_fee"
    if not part["ours"]:
        return "waiting", "other_account"
    if row.amount < 0:
        return "waiting", "new"
    return "waiting", "unbalanced" if part["balances"] is False else "new"


def _match(runtime: Runtime, statement_id: str) -> None:
    """Judges the rows that nobody has looked at; each that pays does so in a transaction of its own."""
    while True:
        with runtime.unit_of_work() as uow:
            rows = store.new_rows(uow.session, statement_id, JUDGED_AT_ONCE)
            if not rows:
                return
            judged = judge_rows(uow.session, [row for row in rows if row.amount > 0])
            pays = {row_id: found.order_ids for row_id, found in judged.items() if found.order_ids}
            left = {row.row_id: row for row in rows if row.amount < 0 and refund_numbers(row.note)}
            plain = [row for row in rows if row.amount < 0 and row.row_id not in left]
            fees = [row.row_id for row in plain if is_fee(row.amount, row.kind, row.note)]
            parts = {row_id: found.part_of for row_id, found in judged.items() if found.part_of}
            reasons: list[tuple[str, RowReason]] = [
                (row_id, found.reason)
                for row_id, found in judged.items()
                if not found.order_ids and row_id not in parts
            ]
            reasons += [(row.row_id, "debit") for row in plain if row.row_id not in fees]
            store.say_why(uow.session, reasons)
        for row_id, order_ids in pays.items():
            _pay(runtime, row_id, order_ids)
        for row_id, order_id in parts.items():
            _pay(runtime, row_id, (order_id,), whole=False)
        for row_id in left:
            _leave(runtime, row_id)
        for row_id in fees:
            _explain_fee(runtime, row_id)


def _pay(runtime: Runtime, row_id: str, order_ids: tuple[str, ...], *, whole: bool = True) -> None:
    """By what is owed now, since other rows may have paid meanwhile: a part of it (not ``whole``) may be the rest. An
    order that was paid in another way meanwhile is for a cashier to see."""
    try:
        with runtime.unit_of_work() as uow:
            row = store.lock_rows(uow.session, [row_id])[row_id]
            if row.state != "waiting":
                return
            owed = sum(due(payable(order_id, uow), uow) for order_id in sorted(order_ids))
            if row.amount == owed:
                pay_by_transfers([report_of(row)], order_ids, uow)
                move(row, "settle", "exact", uow, note=",".join(order_ids))
            elif row.amount < owed and not whole:
                keep_part(report_of(row), order_ids[0], uow)
                move(row, "settle", "part_payment", uow, note=order_ids[0])
            else:
                store.say_why(uow.session, [(row_id, "over" if row.amount > owed else "partial")])
    except Problem as problem:
        if problem.status >= 500:
            raise
        with runtime.unit_of_work() as uow:
            store.say_why(uow.session, [(row_id, "late")])


def _leave(runtime: Runtime, row_id: str) -> None:
    """A debit that names one of our refunds says that it has left; others are for a cashier to explain."""
    with runtime.unit_of_work() as uow:
        row = store.lock_rows(uow.session, [row_id])[row_id]
        if row.state != "waiting":
            return
        if not leave(row, uow):
            store.say_why(uow.session, [(row_id, "debit")])


def _explain_fee(runtime: Runtime, row_id: str) -> None:
    """The bank's own fee, in a file that named no account until a cashier did."""
    with runtime.unit_of_work() as uow:
        row = store.lock_rows(uow.session, [row_id])[row_id]
        if row.state == "waiting":
            move(row, "explain", "bank_fee", uow)
