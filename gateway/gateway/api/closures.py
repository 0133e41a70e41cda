"""注销账号: asking for it, and taking it back."""

from __future__ import annotations

from typing import Annotated

from contracts.base import ACCOUNT, Empty
from contracts.identity.closures import WITHDRAW_CLOSURE, ClosureStatus, ClosureView
from contracts.text import OneTimeCode, Password
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict

from gateway.web import closing
from gateway.web.api import ApiGroup
from gateway.web.calls import call
from gateway.web.limits import limiter, per_minute

routes = ApiGroup("closures", _l("注销账号"))


class Closing(BaseModel):
    """The password in force; ``otp``: a code sent for purpose *close* (`POST /otp`)."""

    model_config = ConfigDict(extra="forbid")

    password: Annotated[str, Password(256)]
    otp: Annotated[str, OneTimeCode(20)] = ""


@routes.get("/me/closure", _l("注销账号的进度"), access=ACCOUNT, reply=ClosureStatus)
def get_closure() -> ClosureStatus:
    """The latest request, and in `ties` what is under way and keeps the account open."""
    return closing.standing_closure()


@routes.post(
    "/me/closure",
    _l("申请注销账号"),
    access=ACCOUNT,
    body=Closing,
    reply=ClosureView,
    status=202,
    problems=(
        "account_tied",
        "closure_under_way",
        "password_wrong",
        "sign_in_slowed",
        "otp_wrong",
        "otp_expired",
        "otp_too_many",
    ),
)
@limiter.limit(per_minute(10))
def ask_closure(body: Closing) -> ClosureView:
    """Can be taken back until the end of `waits_until`. After that nobody signs in, and personal data are deleted as
    far as no law keeps them, unless something is under way by then."""
    return closing.ask_closure(body.password, body.otp)


@routes.delete("/me/closure", _l("撤回注销申请"), access=ACCOUNT, reply=ClosureView, problems=("closure_not_waiting",))
def withdraw_closure() -> ClosureView:
    """The account goes on as before."""
    return call(WITHDRAW_CLOSURE, Empty())
