"""Another mobile for an account: a code goes to the number in use and one to the number that takes its place."""

from __future__ import annotations

from typing import Annotated

from contracts.base import ACCOUNT, Model, RpcMethod
from contracts.identity.accounts import AccountView
from contracts.identity.codes import OtpSent
from contracts.text import Mobile, OneTimeCode

_S = "identity"


class SendMobileCodes(Model, personal=("mobile",)):
    """``mobile``: the number that is to take the place of the one in use."""

    mobile: Annotated[str, Mobile(30)]


class ChangeMobile(Model, secret=("otp", "new_otp"), personal=("mobile",)):
    """``otp`` went to the number in use, ``new_otp`` to the other one."""

    mobile: Annotated[str, Mobile(30)]
    otp: Annotated[str, OneTimeCode(20)]
    new_otp: Annotated[str, OneTimeCode(20)]


SEND_MOBILE_CODES = RpcMethod(_S, "send_mobile_codes", SendMobileCodes, OtpSent, ACCOUNT, "command")


CHANGE_MOBILE = RpcMethod(_S, "change_mobile", ChangeMobile, AccountView, ACCOUNT, "command")
