"""Cases of one account become another's, and go back: in which states that is. Pure."""

from __future__ import annotations

from typing import Literal

MoveState = Literal["moving", "moved", "returning", "returned"]
AFTER: dict[str, MoveState] = {"moving": "moved", "returning": "returned"}
"""What a move that is under way comes to once no case is left for it."""
AT_ONCE = 100
"""Cases of one transaction: an organisation may have thousands, and others wait for their rows."""
