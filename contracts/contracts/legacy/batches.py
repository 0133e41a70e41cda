"""The file of a batch: a line of JSON that says what it is, then a line for each row (UTF-8, LF), values between U+001F
and, where one could be taken for more than one, quoted as in CSV with U+001E: nothing has to be looked for value by value.

The first columns are the import, the row's number in its source, and the record's own id; the others are the fields of
the target in their order. A field without a value is empty. The same rows make the same file, byte for byte.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

BETWEEN, QUOTE = "\x1f", "\x1e"
"""Between the values of a row, and around one that could be taken for more than one: characters that no text has."""
_TO_QUOTE = re.compile(f"[{QUOTE}\r]")
TargetName = Literal["registrations", "accounts", "cases"]
BATCH_ROWS = 5000
BATCH_BYTES = 8 << 20
"""A batch has at most so many rows of the source, and of more bytes than these only one: so it is the same whoever cuts
it, and fits into memory however long rows are."""


@dataclass(frozen=True)
class Target:
    """``owner``: the service that writes such rows. All fields are text; days are ``YYYY-MM-DD``, money is fen.
    ``secret``: fields that only their owner may keep; in the bridge's originals they are blank."""

    name: TargetName
    owner: str
    fields: tuple[str, ...]
    secret: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Of a batch's file."""
        return ("import_id", "row_number", "record_id", *self.fields)


REGISTRATIONS = Target(
    "registrations",
    "archive",
    (
        "number",
        "kind",
        "certificate_number",
        "category",
        "classification",
        "title",
        "short_name",
        "version",
        "authors",
        "owners",
        "completion_date",
        "publication_date",
        "registered_on",
        "earlier_number",
        "earlier_on",
        "serial_number",
        "login",
        "note",
    ),
)
ACCOUNTS = Target(
    "accounts",
    "identity",
    (
        "login",
        "password_md5",
        "salt",
        "kind",
        "name",
        "id_type",
        "id_number",
        "organisation_name",
        "organisation_code",
        "email",
        "mobile",
        "verification",
        "registered_on",
    ),
    secret=("password_md5",),
)
CASES = Target(
    "cases",
    "legacy_bridge",
    (
        "serial_number",
        "acceptance_number",
        "login",
        "kind",
        "category",
        "title",
        "state",
        "filed_on",
        "accepted_on",
        "due_on",
        "fee_fen",
        "paid_fen",
        "correction",
        "scans",
    ),
)
TARGETS: dict[str, Target] = {target.name: target for target in (REGISTRATIONS, ACCOUNTS, CASES)}
Packed = tuple[int, str, tuple[str, ...]]
"""Row number, record id, values of the fields."""


class BatchBroken(ValueError):
    """The file is not the batch of this target in this version."""


def is_record(identifier: str) -> bool:
    """Whether something is named as records of the old system are, and not as we name what begins here."""
    return identifier.startswith("leg-")


def account_record(login: str) -> str:
    """The record id of an old account, as its import names it (its key is the name it signed in with)."""
    return f"leg-{hashlib.blake2b(f'{ACCOUNTS.name}{chr(31)}{login}'.encode(), digest_size=16).hexdigest()}"


def pack(target: Target, import_id: str, rows: Sequence[Packed], salt: str = "") -> bytes:
    """The file. ``salt`` goes into the sums of its columns, so that a sum of few values cannot be tried out."""
    header = json.dumps({"target": target.name, "columns": target.columns, "salt": salt})
    body = "\n".join([BETWEEN.join((import_id, str(number), key, *values)) for number, key, values in rows])
    whole = body.count(BETWEEN) == len(rows) * (len(target.columns) - 1) and body.count("\n") == max(len(rows) - 1, 0)
    if not whole or _TO_QUOTE.search(body):
        out = io.StringIO(newline="")
        lines = csv.writer(out, lineterminator="\n", delimiter=BETWEEN, quotechar=QUOTE)
        lines.writerows((import_id, number, key, *values) for number, key, values in rows)
        body = out.getvalue().removesuffix("\n")
    return "\n".join([header, body, ""] if rows else [header, ""]).encode()


def unpack_header(target: Target, line: bytes) -> str:
    """The salt. Raises :class:`BatchBroken` when the file is of another target or has other columns."""
    try:
        header = json.loads(line)
        if header["target"] == target.name and tuple(header["columns"]) == target.columns:
            return str(header["salt"])
    except (ValueError, KeyError, TypeError):
        pass
    raise BatchBroken(f"a batch of {target.name} was expected")


def unpack(target: Target, data: bytes) -> tuple[str, Sequence[Packed]]:
    """Salt and rows. Raises :class:`BatchBroken`."""
    first, _, rest = data.partition(b"\n")
    salt = unpack_header(target, first)
    width = len(target.columns)
    rows = []
    for values in csv.reader(io.StringIO(rest.decode(), newline=""), delimiter=BETWEEN, quotechar=QUOTE):
        if len(values) != width:
            raise BatchBroken("a row with other columns")
        rows.append((int(values[1]), values[2], tuple(values[3:])))
    return salt, rows
