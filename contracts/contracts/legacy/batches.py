"""The file of a batch: a line of JSON that says what it is, then CSV (RFC 4180, UTF-8, LF), a line for each row.

The first columns are the import, the row's number in its source, and the record's own id; the others are the fields of
the target in their order. A field without a value is empty. The same rows make the same file, byte for byte.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

_QUOTED = re.compile(r'["\r\n]')
TargetName = Literal["registrations", "accounts", "cases"]
BATCH_ROWS = 5000
BATCH_BYTES = 8 << 20
"""A batch has at most so many rows of the source, and of more bytes than these only one: so it is the same whoever cuts
it, and fits into memory however long rows are."""


@dataclass(frozen=True)
class Target:
    """``owner``: the service that writes such rows. All fields are text; days are ``YYYY-MM-DD``, money is fen."""

    name: TargetName
    owner: str
    fields: tuple[str, ...]

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


def pack(target: Target, import_id: str, rows: Iterable[Packed], salt: str = "") -> bytes:
    """The file. ``salt`` goes into the sums of its columns, so that a sum of few values cannot be tried out."""
    header = {"target": target.name, "columns": target.columns, "salt": salt}
    lines = [json.dumps(header)]
    for number, key, values in rows:
        line = ",".join((import_id, str(number), key, *values))
        if line.count(",") != len(target.fields) + 2 or _QUOTED.search(line):
            out = io.StringIO(newline="")
            csv.writer(out, lineterminator="").writerow((import_id, number, key, *values))
            line = out.getvalue()
        lines.append(line)
    lines.append("")
    return "\n".join(lines).encode()


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
    for values in csv.reader(io.StringIO(rest.decode(), newline="")):
        if len(values) != width:
            raise BatchBroken("a row with other columns")
        rows.append((int(values[1]), values[2], tuple(values[3:])))
    return salt, rows
