"""Contracts of the sample service."""

from __future__ import annotations

from contracts.base import ACCOUNT, ANONYMOUS, EventType, Model, RpcMethod, staff


class Add(Model):
    counter: str
    amount: int = 1
    fail: str = ""
    seconds: float = 0


class Total(Model):
    counter: str
    total: int


class Enrol(Model, secret=("password",), personal=("name",), added=("client",)):
    """What is asked here must be found nowhere afterwards."""

    counter: str
    name: str
    password: str
    client: str = ""


class Enrolled(Model, personal=("name",)):
    name: str
    total: int


class Added(Model):
    counter: str
    amount: int
    fail: str = ""


ADD = RpcMethod("sample", "add", Add, Total, ANONYMOUS, "command")
ENROL = RpcMethod("sample", "enrol", Enrol, Enrolled, ANONYMOUS, "command")
ADD_AS_STAFF = RpcMethod("sample", "add_as_staff", Add, Total, staff("cashier"), "command")
ADD_MINE = RpcMethod("sample", "add_mine", Add, Total, ACCOUNT, "command")
READ = RpcMethod("sample", "read", Add, Total, ANONYMOUS)
ECHO = RpcMethod("sample", "echo", Add, Total, ANONYMOUS)
ADDED = EventType("sample", "added", Added, "counter", ("sample",))
SKIPPED = EventType("sample", "skipped", Added, "counter", ("sample",))
EVENTS = (ADDED, SKIPPED)
