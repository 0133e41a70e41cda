"""Photographs that prove who asks for an account: what of them the office looks at."""

from __future__ import annotations

from typing import Literal

from contracts.base import Identifier, Model, RpcMethod, staff
from contracts.identity.verification import ImageFinding

PictureName = Literal["photo", "id_front", "id_back", "legal_representative_id"]
"""*photo*: what the applicant sent; the others are what the account's verification has kept."""


class RecoveryPhoto(Model):
    """A photograph that came with a request. ``pictures``: what can be looked at, reduced and marked with the request's
    number. ``findings``: what the automatic check saw."""

    check: Literal["running", "done"]
    findings: list[ImageFinding] = []
    pictures: list[PictureName] = []


class OpenRecoveryPicture(Model):
    recovery_id: Identifier
    picture: PictureName


class RecoveryPicture(Model, personal=("data",)):
    """For one look. ``data``: base64 of a JPEG that the registry itself has drawn."""

    data: str


OPEN_RECOVERY_PICTURE = RpcMethod(
    "identity",
    "open_recovery_picture",
    OpenRecoveryPicture,
    RecoveryPicture,
    staff("customer_service"),
    "command",
    keep_reply=False,
)
