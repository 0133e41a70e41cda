"""The provider's own books: trades, and notices that wait to be taken by the merchant. SQLite, one file."""

import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from registry_infra.provider.records import SCHEMA, Notice, Refund, Trade

REPEAT_AFTER = (1, 2, 4, 8, 15, 30, 60, 120, 300, 600)
"""Seconds before an untaken notice is sent again; the real providers give up after a day, this one after the last."""


class Books:
    """Safe to share between threads."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; {SCHEMA}")
        self._lock = threading.RLock()
        self.changed = threading.Event()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def open_trade(self, provider: str, out_trade_no: str, **facts: Any) -> Trade:
        """The trade; made unless it is there already. The caller compares what it was made with."""
        with self._transaction() as db:
            db.execute(
                """INSERT OR IGNORE INTO trades
                (provider, out_trade_no, scene, amount, description, notify_url, expires_at, code) VALUES
                (:provider, :out_trade_no, :scene, :amount, :description, :notify_url, :expires_at, :code)""",
                {"provider": provider, "out_trade_no": out_trade_no, "code": secrets.token_urlsafe(9), **facts},
            )
        trade = self.trade(provider, out_trade_no)
        assert trade is not None
        return trade

    def trade(self, provider: str, out_trade_no: str) -> Trade | None:
        """By the merchant's own number for it; None when the provider never heard of it."""
        with self._lock:
            row = self._connection.execute(
                "SELECT * FROM trades WHERE provider = ? AND out_trade_no = ?", (provider, out_trade_no)
            ).fetchone()
        return Trade(**dict(row)) if row else None

    def trades(self) -> list[Trade]:
        """Every trade that was ever opened."""
        with self._lock:
            rows = self._connection.execute("SELECT * FROM trades ORDER BY rowid").fetchall()
        return [Trade(**dict(row)) for row in rows]

    def find(self, out_trade_no: str) -> Trade | None:
        """By number alone, whichever provider."""
        with self._lock:
            row = self._connection.execute("SELECT * FROM trades WHERE out_trade_no = ?", (out_trade_no,)).fetchone()
        return Trade(**dict(row)) if row else None

    def find_code(self, code: str) -> Trade | None:
        """By the secret part of a code_url or H5 address."""
        with self._lock:
            row = self._connection.execute("SELECT * FROM trades WHERE code = ?", (code,)).fetchone()
        return Trade(**dict(row)) if row else None

    def pay(self, trade: Trade, amount: int) -> Trade:
        """The payer pays; paying a paid trade changes nothing."""
        number = f"42{time.strftime('%Y%m%d')}{secrets.randbelow(10**18):018d}"
        with self._transaction() as db:
            db.execute(
                """UPDATE trades SET state = 'SUCCESS', transaction_id = ?, paid_amount = ?, paid_at = ?
                WHERE provider = ? AND out_trade_no = ? AND state = 'NOTPAY'""",
                (number, amount, time.time(), trade.provider, trade.out_trade_no),
            )
        paid = self.trade(trade.provider, trade.out_trade_no)
        assert paid is not None
        return paid

    def close(self, trade: Trade) -> None:
        """Nobody can pay it any more; one that is paid stays so."""
        with self._transaction() as db:
            db.execute(
                "UPDATE trades SET state = 'CLOSED' WHERE provider = ? AND out_trade_no = ? AND state = 'NOTPAY'",
                (trade.provider, trade.out_trade_no),
            )

    def plan(self, out_trade_no: str, outcome: str) -> None:
        """What becomes of the refunds of a trade from now on, and of those that are under way."""
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO plans (out_trade_no, outcome) VALUES (?, ?)", (out_trade_no, outcome))
            done_at = time.time() if outcome == "SUCCESS" else None
            db.execute(
                """UPDATE refunds SET state = ?, done_at = ?
                WHERE out_trade_no = ? AND state IN ('PROCESSING', 'ABNORMAL')""",
                (outcome, done_at, out_trade_no),
            )

    def planned(self, out_trade_no: str) -> str:
        """Refunds succeed unless somebody wished otherwise."""
        with self._lock:
            row = self._connection.execute("SELECT outcome FROM plans WHERE out_trade_no = ?", (out_trade_no,))
            found = row.fetchone()
        return found[0] if found else "SUCCESS"

    def refund(self, trade: Trade, out_refund_no: str, amount: int, notify_url: str) -> tuple[Refund | None, bool]:
        """The refund under this number, and whether it was made just now; none when it is more than is left."""
        outcome = self.planned(trade.out_trade_no)
        with self._transaction() as db:
            known = self.find_refund(trade.provider, out_refund_no)
            if known is not None:
                return known, False
            taken = db.execute(
                "SELECT coalesce(sum(amount), 0) FROM refunds "
                "WHERE provider = ? AND out_trade_no = ? AND state <> 'CLOSED'",
                (trade.provider, trade.out_trade_no),
            ).fetchone()[0]
            if taken + amount > (trade.paid_amount or 0):
                return None, False
            now, number = time.time(), f"50{time.strftime('%Y%m%d')}{secrets.randbelow(10**18):018d}"
            done_at = now if outcome == "SUCCESS" else None
            db.execute(
                "INSERT INTO refunds VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    trade.provider,
                    out_refund_no,
                    trade.out_trade_no,
                    amount,
                    notify_url,
                    number,
                    outcome,
                    now,
                    done_at,
                ),
            )
        return self.find_refund(trade.provider, out_refund_no), True

    def find_refund(self, provider: str, out_refund_no: str) -> Refund | None:
        """By the merchant's number for it; None when the provider never heard of it."""
        with self._lock:
            row = self._connection.execute(
                "SELECT * FROM refunds WHERE provider = ? AND out_refund_no = ?", (provider, out_refund_no)
            ).fetchone()
        return Refund(**dict(row)) if row else None

    def refunds_of(self, trade: Trade) -> list[Refund]:
        """Every refund of a trade that was not closed, the first first."""
        with self._lock:
            rows = self._connection.execute(
                """SELECT * FROM refunds WHERE provider = ? AND out_trade_no = ? AND state <> 'CLOSED'
                ORDER BY created_at""",
                (trade.provider, trade.out_trade_no),
            ).fetchall()
        return [Refund(**dict(row)) for row in rows]

    def add_notices(
        self, trade: Trade, times: int, *, delay: float, forged: bool, stale: bool, out_refund_no: str | None = None
    ) -> None:
        """The same notice of a payment or a refund, to be sent so many times."""
        notice_id = secrets.token_hex(16)
        with self._transaction() as db:
            db.executemany(
                """INSERT INTO notices (notice_id, copy, provider, out_trade_no, out_refund_no, due_at, forged, stale)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
                [
                    (
                        notice_id,
                        copy,
                        trade.provider,
                        trade.out_trade_no,
                        out_refund_no,
                        time.time() + delay,
                        forged,
                        stale,
                    )
                    for copy in range(times)
                ],
            )
        self.changed.set()

    def due_notices(self) -> list[Notice]:
        """To be sent now, the longest due first."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT * FROM notices WHERE due_at <= ? ORDER BY due_at, copy", (time.time(),)
            ).fetchall()
        return [Notice(**dict(row)) for row in rows]

    def next_due(self) -> float | None:
        """When the next notice is due, in seconds since 1970; None when there is none."""
        with self._lock:
            due: float | None = self._connection.execute("SELECT min(due_at) FROM notices").fetchone()[0]
        return due

    def taken(self, notice: Notice) -> None:
        """The merchant has confirmed this copy of the notice: it is not sent again."""
        with self._transaction() as db:
            db.execute("DELETE FROM notices WHERE notice_id = ? AND copy = ?", (notice.notice_id, notice.copy))

    def repeat_later(self, notice: Notice) -> None:
        """Not taken: sent again later, a limited number of times. Forged and stale ones only once."""
        if notice.forged or notice.stale or notice.attempts >= len(REPEAT_AFTER):
            self.taken(notice)
            return
        with self._transaction() as db:
            db.execute(
                "UPDATE notices SET attempts = attempts + 1, due_at = ? WHERE notice_id = ? AND copy = ?",
                (time.time() + REPEAT_AFTER[notice.attempts], notice.notice_id, notice.copy),
            )

    def close_file(self) -> None:
        """Closes the file of the books; they are kept."""
        with self._lock:
            self._connection.close()
