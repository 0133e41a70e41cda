"""The WeChat official account: what its platform sends, and what is answered."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from contracts.base import ANONYMOUS, Model, RpcMethod

_S = "identity"
_Short = Annotated[str, Field(max_length=512)]


class WechatCallback(Model, personal=("query", "body")):
    """The platform's HTTP request as it came; its own signature is what is trusted."""

    method: Literal["GET", "POST"]
    query: dict[_Short, _Short] = Field(max_length=20)
    body: str = Field(default="", max_length=65536)


class WechatAnswer(Model, personal=("body",)):
    """What to answer the platform."""

    body: str
    content_type: str


HANDLE_WECHAT = RpcMethod(_S, "handle_wechat", WechatCallback, WechatAnswer, ANONYMOUS, "command", keep_reply=False)
"""Repeated by the platform, a message is known by its own number and answered as before."""
