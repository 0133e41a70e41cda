"""Steps that the tutorial takes several times."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from gateway.api_guide.model import Step

ME = "$steps.sign_in.outputs.token"


def codes(name: str) -> Step:
    """Where the sandbox shows a code that was sent."""
    says = _l("演示环境不发短信，验证码从这里取；正式环境里由本人从手机上读。")
    query = {"to": "$inputs.mobile", "limit": "1"}
    return Step(f"{name}_code", "sandbox_messages", says, query=query, gives={"code": "/items/0/code"})


def upload(name: str, purpose: str, says: Any) -> Step:
    """One file of the inputs, with what it is for."""
    return Step(
        f"upload_{name}", "create_upload", says, by=ME, file=name, purpose=purpose, gives={f"{name}_id": "/upload_id"}
    )


def staff(role: str, says: Any) -> tuple[Step, Step]:
    """The account of the sandbox that has a role, and its sign-in: a code of TOTP counts once."""
    names = ("login", "password", "totp")
    gives = {f"{role}_{name}": f"/items/0/{name}" for name in names}
    account = Step(role, "sandbox_staff", says, query={"role": role}, gives=gives)
    puts = {f"/{name}": f"$steps.{role}.outputs.{role}_{name}" for name in names}
    said = _l("工作人员登录要加动态口令。同一个口令只能用一次：被拒绝时等一会儿，重新取一个。")
    gives = {f"{role}_token": "/access_token"}
    return account, Step(f"{role}_sign_in", "create_session", said, puts=puts, gives=gives, anew=role)


def token_of(role: str) -> str:
    """What the sign-in of a member of staff gave."""
    return f"$steps.{role}_sign_in.outputs.{role}_token"
