"""What a browser of the old days lacks, and how that is seen. Pure, but for what a request says."""

from __future__ import annotations

import re
from typing import Literal

Advice = Literal["ready", "compatibility_off", "too_old"]
_IE = re.compile(r"MSIE (\d+)\.")
_TRIDENT = re.compile(r"Trident/(\d+)\.")
TRIDENT_TO_IE = {4: 8, 5: 9, 6: 10, 7: 11}
OLDEST = 7

TLS_HEADER = "X-TLS-Version"
"""What the proxy in front says of the connection (nginx: ``$ssl_protocol``); nobody else is believed."""
_TLS_TOO_OLD = frozenset({"SSLV2", "SSLV3", "TLSV1", "TLSV1.0", "TLSV1.1"})


def browser_advice(user_agent: str) -> Advice:
    """What to tell this browser: ``ready``, ``compatibility_off`` (IE 10 and 11) or ``too_old`` (before IE 7).

    Trident names the real engine; in compatibility view it comes together with ``MSIE 7.0``. Other browsers need no
    mode: the pages are plain.
    """
    trident, claimed = _TRIDENT.search(user_agent), _IE.search(user_agent)
    if trident is None:
        return "too_old" if claimed and int(claimed[1]) < OLDEST and "Opera" not in user_agent else "ready"
    if TRIDENT_TO_IE.get(int(trident[1]), 11) < 10:
        return "ready"
    return "ready" if claimed and claimed[1] == "7" else "compatibility_off"


def tls_too_old(protocol: str) -> bool:
    """Whether a connection of this protocol, as the proxy names it, may carry no password."""
    return protocol.strip().upper() in _TLS_TOO_OLD
