"""Sends notices to the merchant until they are taken, as the real providers do."""

import threading
import time
from functools import cache

import requests
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from registry_infra.provider import alipay, wechat_wire, wechatpay
from registry_infra.provider.keys import ProviderKeys
from registry_infra.provider.records import Notice
from registry_infra.provider.state import Books

_TIMEOUT = (2.0, 10.0)


@cache
def forger() -> RSAPrivateKey:
    """A key that is not the provider's, to sign forged notices with."""
    return generate_private_key(65537, 2048)


class Notifier:
    """One thread that works through the notices that are due."""

    def __init__(self, books: Books, keys: ProviderKeys) -> None:
        self._books, self._keys = books, keys
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="notices", daemon=True)

    def start(self) -> None:
        """Begins to send what is due, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Waits 5 seconds at most for the notice that is under way; the others stay due."""
        self._stopping.set()
        self._books.changed.set()
        self._thread.join(timeout=5)

    def send_due(self) -> int:
        """Sends what is due now; returns how many."""
        due = self._books.due_notices()
        for notice in due:
            if self._send(notice):
                self._books.taken(notice)
            else:
                self._books.repeat_later(notice)
        return len(due)

    def _send(self, notice: Notice) -> bool:
        trade = self._books.trade(notice.provider, notice.out_trade_no)
        if trade is None:
            return True
        make = wechat_wire.notice_request if notice.provider == wechatpay.PROVIDER else alipay.notice_request
        refund = self._books.find_refund(notice.provider, notice.out_refund_no) if notice.out_refund_no else None
        headers, body = make(notice, trade, self._keys, forger(), refund)
        try:
            answer = requests.post(
                refund.notify_url if refund else trade.notify_url, data=body.encode(), headers=headers, timeout=_TIMEOUT
            )
        except requests.RequestException as error:
            print(f"notice {notice.notice_id} not delivered: {type(error).__name__}", flush=True)
            return False
        print(f"notice {notice.notice_id} for {notice.out_trade_no}: {answer.status_code}", flush=True)
        if notice.provider == alipay.PROVIDER:
            return answer.text.strip() == "success"
        return answer.status_code in (200, 204)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._books.changed.clear()
            self.send_due()
            due = self._books.next_due()
            self._books.changed.wait(max(0.05, due - time.time()) if due else 30)
