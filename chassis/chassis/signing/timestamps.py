"""RFC 3161 timestamps: from the sandbox's own authority in this process, or from an authority on the network."""

import datetime as dt
import hashlib
import secrets
import urllib.error
import urllib.request
from typing import Any

from asn1crypto import algos, core, tsp, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.sign.general import as_signing_certificate_v2
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

# An arc for examples (RFC 3161 leaves the policy to the authority): says that nobody vouches for the sandbox's clock.
SANDBOX_POLICY = "1.3.6.1.4.1.32473.1.1"
_ANSWER_LIMIT = 1 << 20


def _der(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    size = len(body)
    if size < 128:
        return bytes((tag, size)) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body


def _oid(dotted: str) -> bytes:
    oid: bytes = core.ObjectIdentifier(dotted).dump()
    return oid


def _integer(value: int) -> bytes:
    integer: bytes = core.Integer(value).dump()
    return integer


_SEQUENCE, _SET, _OCTETS, _TIME, _TAG_0, _TAG_4 = 0x30, 0x31, 0x04, 0x18, 0xA0, 0xA4
_SIGNED_DATA = _oid("1.2.840.113549.1.7.2")
_TST_INFO = _oid("1.2.840.113549.1.9.16.1.4")
_MESSAGE_DIGEST = _oid("1.2.840.113549.1.9.4")
_CONTENT_TYPE_ATTRIBUTE = _der(_SEQUENCE, _oid("1.2.840.113549.1.9.3"), _der(_SET, _TST_INFO))
_SIGNING_CERTIFICATE_V2 = _oid("1.2.840.113549.1.9.16.2.47")
_SHA256: bytes = algos.DigestAlgorithm({"algorithm": "sha256"}).dump()
_ECDSA_SHA256: bytes = algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}).dump()


class SandboxTimeStamper(TimeStamper):
    """An authority with a P-256 key kept in memory.

    The token (RFC 3161 in CMS, RFC 5652) is written out here, since building it from asn1crypto's objects costs as
    much as the rest of a signature: 6 ms of 25.
    """

    def __init__(self, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        super().__init__()
        self._key = key
        self._certificate = certificate.dump()
        self._policy = _oid(SANDBOX_POLICY)
        self._name = _der(_TAG_0, _der(_TAG_4, certificate.subject.dump()))
        self._signer = _der(_SEQUENCE, certificate.issuer.dump(), _integer(certificate.serial_number))
        self._certificate_attribute = _der(
            _SEQUENCE, _SIGNING_CERTIFICATE_V2, _der(_SET, as_signing_certificate_v2(certificate).dump())
        )

    def respond(self, request: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Grant the timestamp. Always embeds the authority's certificate and signs with SHA-256."""
        nonce = request["nonce"].native
        info = _der(
            _SEQUENCE,
            _integer(1),
            self._policy,
            request["message_imprint"].dump(),
            _integer(secrets.randbits(120)),
            _der(_TIME, dt.datetime.now(dt.UTC).strftime("%Y%m%d%H%M%SZ").encode()),
            _der(_SEQUENCE, _integer(1)),  # accurate to a second
            b"" if nonce is None else _integer(nonce),
            self._name,
        )
        attributes = sorted(  # DER orders a set by its encodings
            (
                _CONTENT_TYPE_ATTRIBUTE,
                _der(_SEQUENCE, _MESSAGE_DIGEST, _der(_SET, _der(_OCTETS, hashlib.sha256(info).digest()))),
                self._certificate_attribute,
            )
        )
        signature = self._key.sign(_der(_SET, *attributes), ec.ECDSA(hashes.SHA256()))
        signer = _der(
            _SEQUENCE,
            _integer(1),
            self._signer,
            _SHA256,
            _der(_TAG_0, *attributes),
            _ECDSA_SHA256,
            _der(_OCTETS, signature),
        )
        signed_data = _der(
            _SEQUENCE,
            _integer(3),
            _der(_SET, _SHA256),
            _der(_SEQUENCE, _TST_INFO, _der(_TAG_0, _der(_OCTETS, info))),
            _der(_TAG_0, self._certificate),
            _der(_SET, signer),
        )
        granted = _der(_SEQUENCE, _integer(0))
        token = _der(_SEQUENCE, _SIGNED_DATA, _der(_TAG_0, signed_data))
        return tsp.TimeStampResp.load(_der(_SEQUENCE, granted, token))

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return self.respond(req)


class HttpTimeStamper(TimeStamper):
    """An authority on the network. Blocks its thread: pyHanko's own client starts threads, which eventlet disturbs."""

    def __init__(self, url: str, timeout: float = 5.0) -> None:
        super().__init__()
        if not url.startswith(("https://", "http://")):
            raise ValueError(f"the timestamp authority's address is not a web address: {url!r}")
        self._url = url
        self._timeout = timeout

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked above
            self._url, data=req.dump(), headers={"Content-Type": "application/timestamp-query"}
        )
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as answer:  # noqa: S310
                kind: Any = answer.headers.get_content_type()
                body = answer.read(_ANSWER_LIMIT)
        except OSError as error:
            raise TimestampRequestError(f"the timestamp authority does not answer: {error}") from error
        if kind != "application/timestamp-reply":
            raise TimestampRequestError(f"the timestamp authority answered with {kind}")
        return tsp.TimeStampResp.load(body)
