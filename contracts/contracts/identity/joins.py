"""The join of an old account, undone by whoever reads at the address that it had."""

from __future__ import annotations

from typing import Annotated

from contracts.base import ANONYMOUS, Empty, Model, RpcMethod
from contracts.text import Login, OneTimeCode

_S = "identity"


class UndoLinkByCode(Model, secret=("code",), personal=("login",)):
    """The name of the old account, and the code that went to its address when it was joined to an account."""

    login: Annotated[str, Login(200)]
    code: Annotated[str, OneTimeCode(20)]


UNDO_LINK_BY_CODE = RpcMethod(_S, "undo_link_by_code", UndoLinkByCode, Empty, ANONYMOUS, "command", keep_reply=False)
