"""What the provider writes down: trades, refunds, wishes of tests, and notices that wait. One SQLite file."""

import time
from dataclasses import dataclass

SCHEMA = """
CREATE TABLE IF NOT EXISTS trades (
    provider TEXT NOT NULL,
    out_trade_no TEXT NOT NULL,
    scene TEXT NOT NULL,
    amount INTEGER NOT NULL,
    description TEXT NOT NULL,
    notify_url TEXT NOT NULL,
    expires_at REAL NOT NULL,
    code TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'NOTPAY',
    transaction_id TEXT,
    paid_amount INTEGER,
    paid_at REAL,
    PRIMARY KEY (provider, out_trade_no)
);
CREATE TABLE IF NOT EXISTS notices (
    notice_id TEXT NOT NULL,
    copy INTEGER NOT NULL,
    provider TEXT NOT NULL,
    out_trade_no TEXT NOT NULL,
    out_refund_no TEXT,
    due_at REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    forged INTEGER NOT NULL,
    stale INTEGER NOT NULL,
    PRIMARY KEY (notice_id, copy)
);
CREATE TABLE IF NOT EXISTS refunds (
    provider TEXT NOT NULL,
    out_refund_no TEXT NOT NULL,
    out_trade_no TEXT NOT NULL,
    amount INTEGER NOT NULL,
    notify_url TEXT NOT NULL,
    refund_id TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at REAL NOT NULL,
    done_at REAL,
    PRIMARY KEY (provider, out_refund_no)
);
CREATE TABLE IF NOT EXISTS plans (
    out_trade_no TEXT PRIMARY KEY,
    outcome TEXT NOT NULL
);
"""


@dataclass(frozen=True)
class Trade:
    provider: str
    out_trade_no: str
    scene: str
    amount: int
    description: str
    notify_url: str
    expires_at: float
    code: str
    state: str
    transaction_id: str | None
    paid_amount: int | None
    paid_at: float | None

    @property
    def open(self) -> bool:
        return self.state == "NOTPAY" and time.time() < self.expires_at


@dataclass(frozen=True)
class Refund:
    """``state``: as WeChat Pay calls them, SUCCESS, PROCESSING, ABNORMAL or CLOSED."""

    provider: str
    out_refund_no: str
    out_trade_no: str
    amount: int
    notify_url: str
    refund_id: str
    state: str
    created_at: float
    done_at: float | None


@dataclass(frozen=True)
class Notice:
    notice_id: str
    copy: int
    provider: str
    out_trade_no: str
    out_refund_no: str | None
    due_at: float
    attempts: int
    forged: int
    stale: int
