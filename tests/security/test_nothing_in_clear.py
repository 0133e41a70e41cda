"""After whole lives in a running system nothing secret lies anywhere in clear, and what tells of a person only where
it must: every column of every database, every log, object and other file is searched for all that went in.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from identity.sealing import Vault
from identity.staff.store import TOTP_PURPOSE
from pypdfium2 import PdfDocument
from registry_infra.portal import Portal
from registry_infra.testing import Stack

from tests.security.careful_life import Given, live
from tests.security.dumps import Dump, Files
from tests.security.needles import Needle
from tests.staff import Staff

pytestmark = [pytest.mark.requirement("I-12"), pytest.mark.requirement("I-01")]

NAME_MAY_STAND = {
    "identity.accounts.name": "whose account it is; shown to them and to reviewers",
    "identity.signatures.signer_name": "who signed: the point of a signature",
    "identity.signatures.token": "the same, signed",
    "identity.outbox.data": "tells filing and archive who was verified",
    "filing.inbox.envelope": "as identity.outbox",
    "archive.inbox.envelope": "as identity.outbox and filing.outbox",
    "payment.inbox.envelope": "as filing.outbox",
    "identity.inbox.envelope": "as filing.outbox",
    "filing.applicants.name": "owners are compared with the verified name",
    "filing.applicants.operator_name": "who acts for an organisation",
    "filing.cases.applicant": "as it was verified when the case was filed",
    "filing.cases.form": "authors and owners of the work",
    "filing.cases.evidence": "the signature that the case was filed under",
    "filing.signatures.signer_name": "who signed what was filed and corrected",
    "filing.signatures.token": "the same, signed",
    "filing.outbox.data": "tells payment who pays and archive whom to register",
    "payment.orders.payer": "stands on the receipt",
    "archive.dossier_entries.data": "the case's file, kept by law",
    "archive.signed_documents.evidence": "goes into the document that it seals, as whoever verifies it needs it",
    "archive.outbox.data": "tells the case's file who signed",
    "archive.register_entries.authors": "the register",
    "archive.register_entries.owners": "the register",
    "archive.register_records.states": "the register",
    "archive.register_records.form": "the register: what was registered",
}
MOBILE_MAY_STAND = {
    "identity.accounts.mobile": "one signs in with it, and messages go there",
    "identity.one_time_codes.target": "where a code was sent; for two days",
    "identity.messages.recipient": "the sandbox's provider of messages is this table",
    "filing.cases.form": "the contact that the applicant gave for this case",
}
ADDRESS_MAY_STAND = {
    "identity.accounts.email": "one signs in with it, and messages go there",
    "identity.one_time_codes.target": "where a code was sent; for two days",
    "identity.messages.recipient": "the sandbox's provider of messages is this table",
}
MAY_STAND = {"name": NAME_MAY_STAND, "mobile": MOBILE_MAY_STAND, "e-mail address": ADDRESS_MAY_STAND}
BOOKS_OF_SERVERS = ("servers/postgresql/", "servers/rabbitmq/mnesia/")
"""Where the columns above and the events between them lie as the servers write them."""
KEYS_LIE_IN = ("keys/", "pki/")
PASSWORDS_LIE_IN = {
    "credentials.json": "the stack's own book of passwords",
    "settings.json": "addresses with passwords, for commands about a running stack",
}


@pytest.fixture(scope="module")
def given(stack: Stack, visitor: Portal, staff: Staff) -> Given:
    return live(visitor, staff)


@pytest.fixture(scope="module")
def dump(stack: Stack, given: Given) -> Dump:
    """What the system keeps once all of it has happened."""
    return Dump(stack.data)


def place(file: str, dump: Dump) -> str:
    """A file's place, the same wherever the folders are."""
    path = Path(file)
    if path.is_relative_to(dump.folders.servers):
        return f"servers/{path.relative_to(dump.folders.servers)}"
    return str(path.relative_to(dump.folders.data))


def test_no_password_code_token_or_id_number_stands_in_a_database(dump: Dump, given: Given) -> None:
    assert len(given.secrets) > 25
    found = {(needle.what, where) for needle in given.secrets for where in dump.in_columns(needle)}
    assert found == set()


def test_no_password_code_token_or_id_number_stands_in_a_file(dump: Dump, given: Given) -> None:
    """Logs, objects, unfinished uploads, the servers' own books down to what was deleted in them."""
    assert {(what, place(file, dump)) for what, file in dump.in_files(given.secrets)} == set()


@pytest.mark.parametrize("kind", MAY_STAND)
def test_names_and_numbers_stand_only_where_they_must(dump: Dump, given: Given, kind: str) -> None:
    found = {where for needle in given.identities[kind] for where in dump.in_columns(needle)}
    assert found - MAY_STAND[kind].keys() == set()
    assert MAY_STAND[kind].keys() - found == set(), "argued, and not needed any more"


def test_no_log_and_no_object_tells_a_name_or_number(dump: Dump, given: Given) -> None:
    """Documents have names on their pages, in fonts; no file has one as text."""
    needles = [needle for kind in given.identities.values() for needle in kind]
    found = {(what, place(file, dump)) for what, file in dump.in_files(needles)}
    assert {(what, where) for what, where in found if not where.startswith(BOOKS_OF_SERVERS)} == set()


def test_no_document_shows_an_id_number_or_password(dump: Dump, given: Given) -> None:
    """On its pages, where a search of the bytes does not reach."""
    shown, read = set(), 0
    for file in dump.files():
        if file.is_relative_to(dump.folders.objects) and file.read_bytes()[:5] == b"%PDF-":
            text = text_of(file)
            read += 1
            shown |= {needle.what for needle in given.secrets if len(needle.value) >= 8 and needle.value in text}
    assert read > 5
    assert shown == set()


def text_of(file: Path) -> str:
    try:
        with PdfDocument(file) as document:
            return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    except Exception:  # encrypted, or made so on purpose by another test
        return ""


def secrets_of_key(file: Path) -> list[str | bytes]:
    """A private key's number, and the second line of its file; or the bytes of a key without a form."""
    content = file.read_bytes()
    if b"PRIVATE KEY" in content:
        key = load_pem_private_key(content, None)
        if isinstance(key, X25519PrivateKey):
            return [key.private_bytes_raw(), content.decode().splitlines()[1]]
        numbers = key.private_numbers()  # type: ignore[union-attr]  # of curves or RSA
        number: int = getattr(numbers, "private_value", None) or numbers.d
        return [number.to_bytes((number.bit_length() + 7) // 8, "big")[:48], content.decode().splitlines()[2]]
    if file.suffix == ".key":
        if len(content.strip()) == 43:  # of an official account: base64 without its end, as the platform shows it
            return [content.strip(), base64.b64decode(content.strip() + b"=")]
        return [content if len(content) == 32 else base64.b64decode(content)]
    return []


def test_private_keys_lie_in_their_folders_alone(dump: Dump) -> None:
    files = [file for folder in (dump.folders.keys, dump.folders.pki) for file in folder.rglob("*.*")]
    needles = [Needle(file.name, secret) for file in files for secret in secrets_of_key(file)]
    assert len(needles) > 20
    found = {(what, place(file, dump)) for what, file in dump.in_files(needles)}
    assert {what for what, where in found if where.startswith(KEYS_LIE_IN)} == {needle.what for needle in needles}
    assert {(what, where) for what, where in found if not where.startswith(KEYS_LIE_IN)} == set()
    assert {(needle.what, where) for needle in needles for where in dump.in_columns(needle)} == set()


def test_passwords_of_servers_lie_in_their_files_alone(dump: Dump) -> None:
    credentials = json.loads((dump.folders.data / "credentials.json").read_text())
    needles = [Needle(name, password) for name, password in credentials.items()]
    found = {(what, place(file, dump)) for what, file in dump.in_files(needles)}
    assert {(what, where) for what, where in found if where not in PASSWORDS_LIE_IN} == set()
    assert {where for _, where in found} == PASSWORDS_LIE_IN.keys()
    assert {(needle.what, where) for needle in needles for where in dump.in_columns(needle)} == set()


def test_secrets_of_second_factors_are_sealed(dump: Dump) -> None:
    """As whoever holds the data key reads them, for there is no other way to know them."""
    vault = Vault(base64.b64decode((dump.folders.keys / "identity" / "identity-data.key").read_text()))
    rows = dump.rows("identity", "SELECT account_id, sealed_totp_secret FROM staff")
    opened = [vault.open(TOTP_PURPOSE, bytes(sealed), account).decode() for account, sealed in rows]
    needles = [Needle("TOTP secret", secret) for secret in opened]
    needles += [Needle("TOTP secret as bytes", base64.b32decode(secret)) for secret in opened]
    assert len(needles) > 4
    assert {(needle.what, where) for needle in needles for where in dump.in_columns(needle)} == set()
    assert {(what, place(file, dump)) for what, file in dump.in_files(needles)} == set()


def test_the_search_finds_what_lies_about_in_any_spelling(tmp_path: Path) -> None:
    """A search that finds nothing proves nothing: each spelling is put into a file of its own among noise."""
    values = ("Qx7!a+b/c==z9", "11010519900307293X", "欧阳泓珺", "123456", bytes(range(150, 200)), bytes(range(48)))
    written = 0
    for value in values:
        needle = Needle("planted", value)
        for literal in needle.literals():
            folder = tmp_path / "planted"
            folder.mkdir()
            noise = b"\x00\xff noise \n"
            (folder / "file").write_bytes(noise * 50 + b" " + literal + b" " + noise)
            assert Files((folder,)).search([needle]) == {("planted", str(folder / "file"))}, literal
            shutil.rmtree(folder)
            written += 1
    assert written > 60
    assert subprocess.run(["grep", "--version"], capture_output=True, check=True).stdout.startswith(b"grep (GNU")
