"""Whether the files of a seal can sign today, and will be believed: keys, certificates, dates, revocation."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from chassis.signing.pki import is_sandbox

PAIRS = ("seal", "tsa")


def seal_is_unfit(folder: Path, now: dt.datetime | None = None, *, sandbox: bool = False) -> str:
    """What is wrong, in a sentence; empty when nothing is. Only a sandbox signs with a seal that it made itself."""
    now = now or dt.datetime.now(dt.UTC)
    names = PAIRS[:1] if os.environ.get("REGISTRY_TSA_URL") else PAIRS
    try:
        root = _certificate(folder / "root.pem")
        certificates = {name: _certificate(folder / f"{name}.pem") for name in names}
        keys = {name: _key(folder / f"{name}.key") for name in names}
        lists = [x509.load_der_x509_crl(file.read_bytes()) for file in sorted(folder.glob("*.crl"))]
    except OSError as error:
        return f"{error.filename} cannot be read ({error.strerror}): provide the office's seal"
    except ValueError as error:
        return f"a file in {folder} is not what its name says ({error})"
    if not sandbox and is_sandbox(root):
        return f"the seal in {folder} is one that a sandbox made: provide the office's own"
    for name, certificate in {"root": root, **certificates}.items():
        if reason := _dates(folder / f"{name}.pem", certificate, now):
            return reason
    for name, certificate in certificates.items():
        if certificate.public_key() != keys[name].public_key():
            return f"{folder / name}.key does not belong to {name}.pem"
        if not _issued_by(certificate, root):
            return f"{folder / name}.pem was not issued by the root in root.pem"
        if any(found.get_revoked_certificate_by_serial_number(certificate.serial_number) for found in lists):
            return f"the certificate {folder / name}.pem is revoked: a new key and certificate are needed"
    return _of_lists(folder, root, lists, now)


def _certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def _key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{path.name} is no P-256 key")
    return key


def _dates(path: Path, certificate: x509.Certificate, now: dt.datetime) -> str:
    if now < certificate.not_valid_before_utc:
        return f"the certificate {path} begins on {certificate.not_valid_before_utc:%Y-%m-%d}: is this clock right?"
    if now > certificate.not_valid_after_utc:
        return f"the certificate {path} ended on {certificate.not_valid_after_utc:%Y-%m-%d}: a new one is needed"
    return ""


def _issued_by(certificate: x509.Certificate, root: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(root)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _of_lists(
    folder: Path, root: x509.Certificate, lists: list[x509.CertificateRevocationList], now: dt.datetime
) -> str:
    """A seal without a current revocation list of its root signs nothing that lasts."""
    current = [
        found
        for found in lists
        if found.issuer == root.subject and found.next_update_utc and found.next_update_utc > now
    ]
    return "" if current else f"{folder} holds no revocation list (*.crl) of the root that is still current"
