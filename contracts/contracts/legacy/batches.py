"""The file of a batch: a line of JSON that says what it is, then a line for each row (UTF-8, LF), its values with
U+001F between them, which no value has.

The first columns are the import, the row's number in its source, and the record's own id; the others are the fields of
the target in their order. A field without a value is empty. The same rows make the same file, byte for byte.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

BETWEEN = "\x1f"
"""Between the values of a row."""
UNSAYABLE = re.compile("[\n\r\x1e\x1f]")
"""What no value of a batch may have: it would end a value or a row, or (U+001E) quote it where the file is read."""
TargetName = Literal["registrations", "accounts", "cases"]
BATCH_ROWS = 10_000
BATCH_BYTES = 8 << 20
"""A batch has at most so many rows of the source, and of more bytes than these only one: so it is the same whoever cuts
it, and fits into memory however long rows are."""


OF_AN_IMPORT = 6
"""Tasks that an import keeps busy by itself: the bridge's two, the owner's, those of the databases and the broker. When
more want a processor, people are waiting for something, and whoever works at it rests (``chassis.idle``)."""


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
        "scans",
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
RECORD_BYTES = 16
_NO_DIGITS = bytes(set(range(256)).difference(b"0123456789"))
_DIGITS = 18
"""As many as eight bytes hold."""
Packed = tuple[int, str, tuple[str, ...]]
"""Row number, record id, values of the fields."""
Said = tuple[int, str, str]
"""The same with the values as one text, ``BETWEEN`` between them: a batch of them is a fraction of the objects."""


class BatchBroken(ValueError):
    """The file is not the batch of this target in this version."""


def is_record(identifier: str) -> bool:
    """Whether something is named as records of the old system are, and not as we name what begins here."""
    return identifier.startswith("leg-")


def key_of(target: str, named: str) -> bytes:
    """Names a record for ever, by what names it in the old system.

    Registrations that were numbered after each other have keys that follow each other, so that indexes are filled from
    one end: half by the digits of the number, which is public, half by a hash. Of accounts and cases a hash is all.
    """
    return keys_of(target, [named])[0]


def keys_of(target: str, named: Sequence[str]) -> list[bytes]:
    """:func:`key_of` of many."""
    numbered = target == REGISTRATIONS.name
    size = RECORD_BYTES // 2 if numbered else RECORD_BYTES
    begun, keys = hashlib.blake2b(f"{target}{BETWEEN}".encode(), digest_size=size), []
    for name in map(str.encode, named):
        whole = begun.copy()
        whole.update(name)
        key = whole.digest()
        if numbered:
            key = int(name.translate(None, _NO_DIGITS)[:_DIGITS] or 0).to_bytes(8) + key
        keys.append(key)
    return keys


def account_record(login: str) -> str:
    """The record id of an old account, as its import names it (its key is the name it signed in with)."""
    return f"leg-{key_of(ACCOUNTS.name, login).hex()}"


def registration_record(number: str) -> str:
    """The record id of a finished registration, as its import names it (its key is its number). Of a renewal of another
    office, which its number alone does not name, it is none."""
    return f"leg-{key_of(REGISTRATIONS.name, number).hex()}"


def pack(target: Target, import_id: str, rows: Sequence[Said], salt: str = "") -> bytes:
    """The file. ``salt`` goes into the sums of its columns, so that a sum of few values cannot be tried out."""
    header = json.dumps({"target": target.name, "columns": target.columns, "salt": salt})
    lines = [f"{import_id}{BETWEEN}{number}{BETWEEN}{record_id}{BETWEEN}{said}" for number, record_id, said in rows]
    return "\n".join([header, *lines, ""]).encode()


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
    for line in rest.decode().split("\n")[:-1]:
        values = line.split(BETWEEN)
        if len(values) != width:
            raise BatchBroken("a row with other columns")
        rows.append((int(values[1]), values[2], tuple(values[3:])))
    return salt, rows
