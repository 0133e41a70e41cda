"""How a source is read, and by what evidence: as codes with values, which pages say in their reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

EVIDENCE = "encoding_by_"
"""How codes begin that say why the statement before them is believed."""


class Statement(NamedTuple):
    """A code, and what it says."""

    code: str
    params: Mapping[str, str | int] = {}


ENGLISH = {
    "text_between": "text between {delimiter}",
    "sql_dump": "SQL dump",
    "dbf": "DBF",
    "live": "{address}",
    "table": "table {table}",
    "encoding": "{name}",
    "encoding_by_order": "as told",
    "encoding_by_mark": "byte order mark",
    "encoding_by_ascii": "ASCII alone",
    "encoding_by_header": "language {language} in the header",
    "encoding_by_utf_8": "{count} of {lines} lines beyond ASCII are UTF-8",
    "encoding_by_gb18030": "{count} of {lines} lines beyond ASCII are GB18030, {others} are UTF-8 alone",
    "rows": "{rows} rows",
    "rows_promised": "header says {promised} rows, the file has {rows}",
    "escapes": "backslash escapes",
    "no_escapes": "no escapes",
}


def in_english(reading: Sequence[Statement]) -> str:
    """As the command says it on the operator's machine."""
    text = ""
    for code, params in reading:
        said = ENGLISH[code].format(**params)
        text += f" ({said})" if code.startswith(EVIDENCE) else f", {said}" if text else said
    return text
