"""What is kept of an old account, and how. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Protocol

from contracts.legacy import ACCOUNTS
from contracts.legacy.batches import Packed
from contracts.text import compact, email, login, mobile, name_key

FACTS = "legacy-account"
OLD_HASH = "legacy-password"
LOGIN = "legacy-login"
ID_NUMBER = "id-number"
ORGANISATION = "legacy-organisation"
LOOKUP = "legacy-lookup"
_PLACES = {name: place for place, name in enumerate(ACCOUNTS.fields)}
_PASSWORD = _PLACES["password_md5"]


class Seals(Protocol):
    """As :class:`identity.sealing.Vault`."""

    def seal(self, purpose: str, plain: bytes, context: str) -> bytes: ...
    def open(self, purpose: str, sealed: bytes, context: str) -> bytes: ...
    def index(self, purpose: str, value: str) -> str: ...


def line_of(import_id: str, row: Packed, seals: Seals) -> str:
    """The row as COPY takes it: everything about the person sealed, login and ID number to be found by keyed hashes.

    The old MD5 is sealed by itself, so that it can be forgotten by itself: until argon2 has been laid over it.
    """
    number, record_id, values = row
    facts = list(values)
    facts[_PASSWORD] = ""
    sealed = seals.seal(FACTS, json.dumps(facts, ensure_ascii=False).encode(), record_id).hex()
    password = seals.seal(OLD_HASH, values[_PASSWORD].encode(), record_id).hex()
    login = seals.index(LOGIN, values[_PLACES["login"]])
    id_index = id_index_of(values, seals) or "\\N"
    keys = ",".join(map(str, found_by(values, seals)))
    return f"{record_id}\t{import_id}\t{number}\t{login}\t{id_index}\t\\\\x{sealed}\t\\\\x{password}\t{{{keys}}}"


def found_by(values: Sequence[str], seals: Seals) -> list[int]:
    """By what the office looks an account up: keyed hashes of its names, addresses, login and an organisation's code,
    each as long as an index needs. An ID number is not among them."""
    told = {name: values[place] for name, place in _PLACES.items()}
    names = [name_key(told[field]) for field in ("name", "organisation_name")]
    return keys_for([*names, *(told[field] for field in ("login", "mobile", "email", "organisation_code"))], seals)


def sought_keys(typed: str, seals: Seals) -> list[int]:
    """The same of what somebody typed, whatever of these it may be: a name, an address, a login or a code, whole."""
    code = compact(typed)
    forms = [name_key(typed), mobile(typed), email(typed), login(typed), code, code[8:17] if len(code) == 18 else ""]
    return keys_for(forms, seals)


def keys_for(forms: Sequence[str], seals: Seals) -> list[int]:
    """Eight bytes of a hash: among a million accounts no two are alike by chance, and what is found is shown anyway."""
    found = {int.from_bytes(bytes.fromhex(seals.index(LOOKUP, form))[:8], signed=True) for form in forms if form}
    return sorted(found)


def id_index_of(values: Sequence[str], seals: Seals) -> str:
    """By what two accounts are found to be of one person, or of one organisation; empty without a number."""
    organisation = values[_PLACES["kind"]] == "organisation"
    number = values[_PLACES["organisation_code" if organisation else "id_number"]]
    return seals.index(ORGANISATION if organisation else ID_NUMBER, number) if number else ""


def old_hashes(salt: str, password: str) -> list[str]:
    """What the old system may have kept of a password: MD5 over salt and password, in UTF-8 or, where that makes a
    difference, in the encoding of its Chinese pages."""
    texts = dict.fromkeys((salt + password).encode(encoding, "replace") for encoding in ("utf-8", "gb18030"))
    return [hashlib.md5(text, usedforsecurity=False).hexdigest() for text in texts]


COLUMNS = ("record_id", "import_id", "row_number", "login_index", "id_index", "facts", "sealed_password", "found_by")


def values_of(record_id: str, facts: bytes, password: bytes | None, seals: Seals) -> tuple[str, ...]:
    """The account's fields as they came. ``password``: None once it was wrapped; it is empty then."""
    found = [str(value) for value in json.loads(seals.open(FACTS, facts, record_id))]
    found[_PASSWORD] = seals.open(OLD_HASH, password, record_id).decode() if password is not None else ""
    return tuple(found)


def only_login(record_id: str, facts: bytes, seals: Seals) -> bytes:
    """The same without anything about its holder: the name by which its registrations are found, and what it was."""
    told = facts_of(record_id, facts, seals)
    kept = [told[name] if name in ("login", "kind") else "" for name in ACCOUNTS.fields]
    return seals.seal(FACTS, json.dumps(kept, ensure_ascii=False).encode(), record_id)


def facts_of(record_id: str, facts: bytes, seals: Seals) -> dict[str, str]:
    """The account's fields by their names, without the password."""
    return dict(zip(ACCOUNTS.fields, values_of(record_id, facts, None, seals), strict=True))


def known_again(rows: Sequence[Packed]) -> Sequence[Packed]:
    """Rows without the old hashes: what can still be compared when those are gone."""
    return [(number, key, (*values[:_PASSWORD], "", *values[_PASSWORD + 1 :])) for number, key, values in rows]
