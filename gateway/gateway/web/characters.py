"""PostgreSQL keeps no NUL in a text: a call that carries one is refused where it arrives, not where it is stored.

Services look at their requests too; this is for what the gateway itself keeps or looks up.
"""

from __future__ import annotations

import re

_ESCAPED = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""As JSON writes it. After an odd number of backslashes it is one; after an even number it is the word."""


def json_has_nul(body: bytes | str) -> bool:
    """Whether some string in a JSON text contains NUL."""
    data = body.encode(errors="surrogatepass") if isinstance(body, str) else body
    return b"\\u0000" in data and _ESCAPED.search(data) is not None
