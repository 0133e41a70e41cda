"""An upload receipt says what the gateway said or it is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from chassis.tokens import TokenSigner, Trust
from contracts.objects import ObjectRef, UploadReceipt
from joserfc.jwk import ECKey

from chassis import receipts


class Keys:
    """One issuer's key pair, and a trust that knows it."""

    def __init__(self, issuer: str = "gateway") -> None:
        key = ECKey.generate_key("P-256")
        self.signer = TokenSigner(issuer, key.as_pem(private=True), "k-1")
        self.issue = receipts.ReceiptSigner(self.signer).issue
        self.trust = Trust({"k-1": {"issuer": issuer, "public_pem": key.as_pem(private=False).decode()}})


def receipt(expires_in: timedelta = timedelta(hours=1)) -> UploadReceipt:
    return UploadReceipt(
        upload_id="6f1ed002ab5595859014ebf0951522d9",
        account="acc-1",
        object=ObjectRef(sha256="ab" * 32, size=12),
        file_name="作品.pdf",
        expires=datetime.now(UTC) + expires_in,
    )


def refused(token: str, trust: Trust) -> bool:
    with pytest.raises(receipts.ReceiptInvalid):
        receipts.verify(token, trust)
    return True


def test_a_receipt_is_read_back_as_it_was_issued() -> None:
    keys, issued = Keys(), receipt()
    read = receipts.verify(keys.issue(issued), keys.trust)
    assert read.model_copy(update={"expires": issued.expires}) == issued
    assert abs(read.expires - issued.expires) < timedelta(seconds=2)


def test_a_receipt_of_an_unknown_key_or_another_service_is_refused() -> None:
    assert refused(Keys().issue(receipt()), Keys().trust)
    payment = Keys("payment")
    assert refused(payment.issue(receipt()), payment.trust)


def test_an_expired_or_altered_receipt_is_refused() -> None:
    keys = Keys()
    assert refused(keys.issue(receipt(timedelta(minutes=-5))), keys.trust)
    header, payload, signature = keys.issue(receipt()).split(".")
    assert refused(f"{header}.{payload[:-4]}AAAA.{signature}", keys.trust)
    for nonsense in ("", "a.b.c", "…"):
        assert refused(nonsense, keys.trust)


def test_two_receipts_of_one_upload_count_as_the_same_content_of_a_repeated_request() -> None:
    keys, once = Keys(), receipt()
    first, second = keys.issue(once), keys.issue(once)
    other = keys.issue(once.model_copy(update={"upload_id": "0" * 32}))
    assert first != second
    assert receipts.without_signatures({"receipt": first, "role": "sample"}) == receipts.without_signatures(
        {"receipt": second, "role": "sample"}
    )
    assert receipts.without_signatures([first]) != receipts.without_signatures([other])
    assert receipts.without_signatures({"title": "a.b.c", "more": [1, None]}) == {"title": "a.b.c", "more": [1, None]}
