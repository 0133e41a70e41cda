"""The sandbox's keys: an ES256 key pair for each service and the gateway, whom everybody trusts, and each
service's own sealing key.

Each process gets a folder with its own private key only (`<service>.pem`, PKCS 8) and `trust.json`,
`{kid: {issuer, public_pem}}` of all; a service also `<service>-sealing.key` (32 random bytes, chassis.sealing).
Identity also has `identity-images.pem` (X25519), the gateway and the bridge its public half. In production an
operator provides the same folders.
"""

import hashlib
import json
import secrets
from collections.abc import Callable
from pathlib import Path

from chassis.objects.sealing import PUBLIC_KEY
from chassis.settings import SEALING_KEY_BYTES, sealing_key_file
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from registry_infra.broker_definitions import GATEWAY, SERVICES
from registry_infra.private import write_whole
from registry_infra.provider.keys import OFFICIAL_ACCOUNT, create_provider_keys

ISSUERS = (*SERVICES, GATEWAY)


def prepare_keys(folder: Path) -> None:
    """Makes the keys that are missing, also the sandbox's payment provider's, and writes everybody's trust list."""
    publics = {issuer: _public_key(folder / issuer / f"{issuer}.pem") for issuer in ISSUERS}
    trust = json.dumps(
        {
            f"{issuer}-{hashlib.sha256(pem.encode()).hexdigest()[:8]}": {"issuer": issuer, "public_pem": pem}
            for issuer, pem in publics.items()
        },
        indent=1,
    )
    for issuer in ISSUERS:
        write_whole(folder / issuer / "trust.json", trust)
    for_identity = _image_key(folder / "identity" / "identity-images.pem")
    for who in (GATEWAY, "legacy_bridge"):
        write_whole(folder / who / PUBLIC_KEY, for_identity)
    for service in SERVICES:
        sealing = sealing_key_file(folder / service, service)
        if not sealing.exists():
            write_whole(sealing, secrets.token_bytes(SEALING_KEY_BYTES))
    create_provider_keys(folder / "payment" / "provider")
    (folder / "identity" / "provider").mkdir(mode=0o700, exist_ok=True)
    for name in OFFICIAL_ACCOUNT:
        write_whole(folder / "identity" / "provider" / name, (folder / "payment" / "provider" / name).read_bytes())


def _public_key(file: Path) -> str:
    return _key_pair(file, lambda: ec.generate_private_key(ec.SECP256R1()))


def _image_key(file: Path) -> str:
    """With which the gateway seals identity images and the bridge old accounts: identity alone has the private key."""
    return _key_pair(file, X25519PrivateKey.generate)


def _key_pair(file: Path, generate: Callable[[], ec.EllipticCurvePrivateKey | X25519PrivateKey]) -> str:
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        pem = generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        write_whole(file, pem)
    private = serialization.load_pem_private_key(file.read_bytes(), password=None)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return public.decode()
