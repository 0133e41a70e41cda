"""How Alipay signs: RSA2, SHA256-RSA over sorted ``k=v&…``.

Amounts are yuan with two decimals, times are Asia/Shanghai without a zone. A request signs every non-empty parameter
but ``sign``; a notice is signed over all parameters but ``sign`` and ``sign_type``; an answer is signed over the
exact text of its ``…_response`` member.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

import requests
from chassis.clock import SHANGHAI, utc_now
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from payment.providers.model import ProviderRefused, ProviderUnavailable
from payment.settings import AlipayAccount

TIMEOUT = (2.0, 5.0)


def canonical(parameters: Mapping[str, str], leave_out: tuple[str, ...], *, keep_empty: bool = False) -> bytes:
    """The text that is signed."""
    pairs = sorted((k, v) for k, v in parameters.items() if k not in leave_out and (v or keep_empty))
    return "&".join(f"{key}={value}" for key, value in pairs).encode()


def answer_member(text: str, name: str) -> tuple[str, dict[str, Any]]:
    """The exact text of a member of a JSON answer, and its value: the signature is over the text."""
    match = re.search(rf'"{re.escape(name)}"\s*:\s*', text)
    if not match:
        raise ValueError(f"the answer has no {name}")
    value, end = json.JSONDecoder().raw_decode(text, match.end())
    return text[match.end() : end], value


class Wire:
    """Signed requests to Alipay as one app, and the check of what it has signed."""

    def __init__(self, account: AlipayAccount, timeout: tuple[float, float] = TIMEOUT) -> None:
        private, public = (
            load_pem_private_key(account.private_key.encode(), None),
            load_pem_public_key(account.public_key.encode()),
        )
        if not isinstance(private, RSAPrivateKey) or not isinstance(public, RSAPublicKey):
            raise TypeError("Alipay's RSA2 needs RSA keys")
        self._account, self._private, self._public, self._timeout = account, private, public, timeout

    def parameters(self, method: str, content: Mapping[str, str], **more: str) -> dict[str, str]:
        """A signed request, as it is sent."""
        parameters = {
            "app_id": self._account.app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": utc_now().astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"),
            "version": "1.0",
            "notify_url": self._account.notify_url,
            "biz_content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
            **more,
        }
        signature = self._private.sign(canonical(parameters, ("sign",)), PKCS1v15(), SHA256())
        return {**parameters, "sign": b64encode(signature).decode()}

    def ask(self, method: str, content: Mapping[str, str]) -> dict[str, Any]:
        """One signed request with a deadline. Every business answer must carry Alipay's signature."""
        try:
            response = requests.post(self._account.url, data=self.parameters(method, content), timeout=self._timeout)
            response.raise_for_status()
            text = response.content.decode()
            raw, answer = answer_member(text, f"{method.replace('.', '_')}_response")
            signature = b64decode(json.loads(text).get("sign", ""), validate=True)
            self._public.verify(signature, raw.encode(), PKCS1v15(), SHA256())
        except requests.RequestException as error:
            raise ProviderUnavailable(f"Alipay cannot be reached: {type(error).__name__}") from error
        except (ValueError, InvalidSignature) as error:
            raise ProviderUnavailable("Alipay's answer cannot be trusted") from error
        if answer.get("code") == "20000":
            raise ProviderUnavailable(f"Alipay is unavailable: {answer.get('sub_code', '')}")
        if answer.get("code") != "10000":
            raise ProviderRefused(str(answer.get("sub_code") or answer.get("code")), str(answer.get("sub_msg", "")))
        return answer

    def fetch(self, url: str, most: int) -> bytes:
        """A file that a signed answer has named, of so many bytes at most."""
        try:
            with requests.get(url, timeout=self._timeout, stream=True) as response:
                response.raise_for_status()
                data: bytes = response.raw.read(most + 1, decode_content=True)
        except requests.RequestException as error:
            raise ProviderUnavailable(f"Alipay's file cannot be had: {type(error).__name__}") from error
        if len(data) > most:
            raise ProviderUnavailable("Alipay's file is too large")
        return data

    def verify(self, signature: bytes, notice: Mapping[str, str]) -> None:
        """Raises ``InvalidSignature``. Alipay's own libraries disagree whether empty parameters are signed."""
        for keep_empty in (True, False):
            try:
                signed = canonical(notice, ("sign", "sign_type"), keep_empty=keep_empty)
                self._public.verify(signature, signed, PKCS1v15(), SHA256())
            except InvalidSignature:
                if not keep_empty:
                    raise
            else:
                return
