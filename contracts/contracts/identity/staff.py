"""The staff of a demonstration."""

from __future__ import annotations

from contracts.base import Empty, Model, RpcMethod, service

_S = "identity"


class StaffAccount(Model, secret=("password", "totp"), personal=("login", "name")):
    login: str
    password: str
    totp: str
    name: str
    roles: list[str]


class StaffAccounts(Model):
    items: list[StaffAccount]


SANDBOX_STAFF = RpcMethod(_S, "sandbox_staff", Empty, StaffAccounts, service("gateway"), sandbox_only=True)
