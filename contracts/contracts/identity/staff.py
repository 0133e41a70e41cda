"""The staff of a demonstration."""

from __future__ import annotations

from pydantic import Field

from contracts.base import STAFF_ROLES, Empty, Identifier, Model, RpcMethod, service, staff

_S = "identity"


class StaffAccount(Model, secret=("password", "totp"), personal=("login", "name")):
    login: str
    password: str
    totp: str
    name: str
    roles: list[str]


class StaffAccounts(Model):
    items: list[StaffAccount]


class NameStaff(Model):
    account_ids: list[Identifier] = Field(max_length=50)


class StaffNames(Model, personal=("names",)):
    """``names``: by account, of those that are staff."""

    names: dict[str, str]


NAME_STAFF = RpcMethod(_S, "name_staff", NameStaff, StaffNames, staff(*STAFF_ROLES))


SANDBOX_STAFF = RpcMethod(_S, "sandbox_staff", Empty, StaffAccounts, service("gateway"), sandbox_only=True)
