"""The files of a seal's public key infrastructure, and a self-made one for the sandbox.

root.pem      certificate of the root (trusted by verifiers)
root.key      its private key; the sandbox's only, a real root stays with its operator
seal.pem/.key certificate and key of the office's seal
tsa.pem/.key  certificate and key of the timestamp authority; not needed with REGISTRY_TSA_URL
*.crl         revocation lists (DER)
trusted.pem   optional: further trusted roots, such as the root of an outside timestamp authority
"""

import datetime as dt
import os
import shutil
import tempfile
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

SEAL_NAME = "版权登记电子印章"
_ORGANISATION = "国家版权登记中心（演示）"
_VALIDITY = dt.timedelta(days=3653)
_REQUIRED = ("root.pem", "root.key", "root.crl", "seal.pem", "seal.key", "tsa.pem", "tsa.key")


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _certificate(
    common_name: str,
    key: ec.EllipticCurvePrivateKey,
    start: dt.datetime,
    issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None = None,
    purpose: ObjectIdentifier | None = None,
) -> x509.Certificate:
    is_ca = issuer is None
    issuer_name, issuer_key = (issuer[0].subject, issuer[1]) if issuer else (_name(common_name), key)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(common_name))
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + _VALIDITY)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=0 if is_ca else None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not is_ca,
                content_commitment=not is_ca and purpose is None,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=is_ca,
                crl_sign=is_ca,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if purpose is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)  # critical: RFC 3161, 2.3
    return builder.sign(issuer_key, hashes.SHA256())


def is_sandbox(certificate: x509.Certificate) -> bool:
    """Whether a certificate authority that this module made stands behind it: nobody vouches for that one."""
    return any(name.value == _ORGANISATION for name in certificate.issuer)


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)


def _is_complete(folder: Path) -> bool:
    return all((folder / name).is_file() for name in _REQUIRED)


def create_sandbox_pki(folder: Path) -> None:
    """Make root, seal, timestamp authority and an empty revocation list, once; a complete folder is left as it is.

    Everything is P-256, valid for ten years from yesterday (clocks of readers differ). Safe when several processes
    call it at once: the folder appears whole or not at all. Raises `FileExistsError` when the folder holds other
    files or only a part of these: keys are never overwritten.
    """
    if _is_complete(folder):
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    start = dt.datetime.now(dt.UTC).replace(microsecond=0) - dt.timedelta(days=1)
    root_key, seal_key, tsa_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    root = _certificate("版权登记演示根证书", root_key, start)
    seal = _certificate(SEAL_NAME, seal_key, start, (root, root_key))
    tsa = _certificate("版权登记演示时间戳", tsa_key, start, (root, root_key), ExtendedKeyUsageOID.TIME_STAMPING)
    crl = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root.subject)
        .last_update(start)
        .next_update(start + _VALIDITY)
        .add_extension(x509.CRLNumber(1), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))  # mode 700
    try:
        for name, certificate in (("root", root), ("seal", seal), ("tsa", tsa)):
            (made / f"{name}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        for name, key in (("root", root_key), ("seal", seal_key), ("tsa", tsa_key)):
            _write_key(made / f"{name}.key", key)
        (made / "root.crl").write_bytes(crl.public_bytes(serialization.Encoding.DER))
        made.rename(folder)  # replaces an empty folder, fails on any other
    except OSError as error:
        if not _is_complete(folder):  # else another process was first
            raise FileExistsError(f"{folder} holds a part of a seal's keys; move it away or complete it") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
