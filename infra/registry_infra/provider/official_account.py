"""WeChat's official account from the platform's side: a person's chat, signed, encrypted, sent, the answer opened."""

import base64
import hashlib
import os
import re
import secrets
import time
from dataclasses import dataclass
from html import escape
from typing import Any

import requests
from contracts.simulator import MERCHANT
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7
from flask import Blueprint, Response, jsonify, request

from registry_infra.provider.keys import ProviderKeys

OFFICE = "gh_sandboxoffice"
_TIMEOUT = 5.0
_BLOCK_BITS = 256
_PAGE = """<!doctype html><html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>演示公众号 Sandbox WeChat</title>
<body style="font:16px/1.6 system-ui;max-width:26rem;margin:3rem auto;padding:0 1rem">
<h1 style="font-size:1.2rem">演示公众号 Sandbox official account</h1>{talk}
<form method="post"><input name="openid" value="{openid}" aria-label="openid"> <input name="text" aria-label="text">
<button>发送 Send</button></form>
"""


@dataclass(frozen=True)
class Wish:
    """One message as the platform sends it, or as a forger would. ``age``: seconds ago."""

    openid: str
    text: str
    message_id: str = ""
    encrypted: bool = True
    forged: bool = False
    age: int = 0
    nonce: str = ""
    kind: str = "text"


class Platform:
    """Sends what somebody writes to the office's address, and tells what came back."""

    def __init__(self, keys: ProviderKeys, url: str = "") -> None:
        self._token, self._key = keys.account_token, keys.account_key
        self._url = url or f"{os.environ.get('REGISTRY_PUBLIC_URL', '')}/api/v1/callbacks/wechat-oa"

    def blueprint(self) -> Blueprint:
        """A chat for people, and `/simulator/wechat-oa` for tests."""
        pages = Blueprint("official_account", __name__)
        pages.add_url_rule("/wechat", view_func=self.chat, methods=["GET", "POST"])
        pages.add_url_rule("/simulator/wechat-oa", view_func=self.told_to_send, methods=["POST"])
        return pages

    def chat(self) -> str:
        """One question and its answer."""
        openid = request.form.get("openid") or f"o{secrets.token_hex(8)}"
        talk, text = "", request.form.get("text", "")
        if text:
            answer = self.open(self.send(Wish(openid, text)).text)
            talk = f"<p><b>{escape(text)}</b></p><p>{escape(answer)}</p>"
        return _PAGE.format(talk=talk, openid=escape(openid))

    def told_to_send(self) -> tuple[Response, int]:
        """By a test: the fields of :class:`Wish`, and `times`."""
        wish: dict[str, Any] = request.get_json()
        times = int(wish.pop("times", 1))
        message = Wish(**{"message_id": new_message_id(), **wish})
        answers = [self.send(message) for _ in range(times)]
        told = [{"status": answer.status_code, "text": self.open(answer.text)} for answer in answers]
        return jsonify(answers=told), 200

    def send(self, wish: Wish) -> requests.Response:
        """One attempt of the platform, which waits five seconds."""
        query, body = self.request_of(wish)
        headers = {"Content-Type": "text/xml"}
        return requests.post(self._url, params=query, data=body.encode(), headers=headers, timeout=_TIMEOUT)

    def request_of(self, wish: Wish) -> tuple[dict[str, str], str]:
        """Address parameters and body."""
        number = wish.message_id or new_message_id()
        inner = (
            f"<xml><ToUserName><![CDATA[{OFFICE}]]></ToUserName><FromUserName><![CDATA[{wish.openid}]]></FromUserName>"
            f"<CreateTime>{int(time.time())}</CreateTime><MsgType><![CDATA[{wish.kind}]]></MsgType>"
            f"<Content>{escape(wish.text)}</Content><MsgId>{number}</MsgId></xml>"
        )
        sent, nonce = str(int(time.time()) - wish.age), wish.nonce or secrets.token_hex(8)
        token = "forger" if wish.forged else self._token
        query = {"timestamp": sent, "nonce": nonce, "openid": wish.openid, "signature": _sign(token, sent, nonce)}
        if not wish.encrypted:
            return query, inner
        sealed = self._encrypt(inner)
        query |= {"encrypt_type": "aes", "msg_signature": _sign(token, sent, nonce, sealed)}
        return query, f"<xml><ToUserName>{OFFICE}</ToUserName><Encrypt>{sealed}</Encrypt></xml>"

    def echo_query(self, echo: str, *, forged: bool = False) -> dict[str, str]:
        """As the platform asks whether an address is the office's."""
        sent, nonce = str(int(time.time())), secrets.token_hex(8)
        signed = _sign("forger" if forged else self._token, sent, nonce)
        return {"timestamp": sent, "nonce": nonce, "echostr": echo, "signature": signed}

    def open(self, body: str) -> str:
        """The text of an answer, whose signature must be right when it is encrypted; else the body as it is."""
        sealed = _field(body, "Encrypt")
        if sealed:
            signed = _sign(self._token, _field(body, "TimeStamp"), _field(body, "Nonce"), sealed)
            if signed != _field(body, "MsgSignature"):
                return "signature of the answer is wrong"
            worker = Cipher(AES(self._key), CBC(self._key[:16])).decryptor()
            padded = worker.update(base64.b64decode(sealed)) + worker.finalize()
            remover = PKCS7(_BLOCK_BITS).unpadder() if len(padded) else None
            plain = remover.update(padded) + remover.finalize() if remover else b""
            length = int.from_bytes(plain[16:20], "big")
            body = plain[20 : 20 + length].decode()
        return _field(body, "Content") or body

    def _encrypt(self, message: str) -> str:
        data = message.encode()
        appid = MERCHANT["REGISTRY_WECHAT_OA_APPID"].encode()
        plain = os.urandom(16) + len(data).to_bytes(4, "big") + data + appid
        padder = PKCS7(_BLOCK_BITS).padder()
        worker = Cipher(AES(self._key), CBC(self._key[:16])).encryptor()
        return base64.b64encode(worker.update(padder.update(plain) + padder.finalize()) + worker.finalize()).decode()


def new_message_id() -> str:
    """Nineteen digits, as the platform numbers messages."""
    return f"2{secrets.randbelow(10**18):018d}"


def _sign(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def _field(document: str, name: str) -> str:
    found = re.search(rf"<{name}>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</{name}>", document, re.DOTALL)
    return found[1] if found else ""
