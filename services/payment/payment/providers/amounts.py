"""How providers write amounts and times: yuan with two decimals, Asia/Shanghai without a zone."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

from chassis.clock import SHANGHAI

_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")


def yuan(fen: int) -> str:
    """30000 → ``300.00``."""
    return f"{fen // 100}.{fen % 100:02d}"


def fen(amount: str) -> int:
    """``300.00`` → 30000; ``ValueError`` for anything but up to two decimals."""
    if not _AMOUNT.fullmatch(amount):
        raise ValueError(f"{amount!r} is no amount of yuan")
    return int(Decimal(amount) * 100)


def moment(text: str) -> datetime:
    """``2026-11-28 10:00:00``; ``ValueError`` for anything else."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHANGHAI)
