"""The sample service."""

from __future__ import annotations

import os
import time

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from chassis.errors import Problem
from chassis.service import Service, on_event, rpc
from chassis.testing.sample.contracts import (
    ADD,
    ADD_AS_STAFF,
    ADD_MINE,
    ADDED,
    ECHO,
    ENROL,
    READ,
    SKIPPED,
    Add,
    Added,
    Enrol,
    Enrolled,
    Total,
)
from chassis.testing.sample.database import Counter, Heard
from chassis.uow import UnitOfWork


def _count(uow: UnitOfWork, name: str, **amounts: int) -> int:
    statement = insert(Counter).values(name=name, **amounts)
    changes = {column: getattr(Counter, column) + amount for column, amount in amounts.items()}
    statement = statement.on_conflict_do_update(index_elements=[Counter.name], set_=changes)
    return uow.session.execute(statement.returning(Counter.total)).scalar_one()


def add_amount(request: Add, uow: UnitOfWork) -> Total:
    """Adds, and says so. ``fail``: forbidden, kept (forbidden, but what was added stays), crash, die."""
    if request.seconds:
        time.sleep(request.seconds)
    total = _count(uow, request.counter, total=request.amount)
    uow.audit("sample.add", subject=request.counter, amount=request.amount)
    uow.emit(ADDED, Added(counter=request.counter, amount=request.amount, fail=request.fail))
    if request.fail == "forbidden":
        raise Problem("forbidden")
    if request.fail == "kept":
        uow.keep()
        raise Problem("forbidden")
    if request.fail == "crash":
        raise RuntimeError("crashed on purpose")
    return Total(counter=request.counter, total=total)


def enrol(request: Enrol, uow: UnitOfWork) -> Enrolled:
    """Counts who comes."""
    return Enrolled(name=request.name, total=_count(uow, request.counter, total=1))


def read_total(request: Add, uow: UnitOfWork) -> Total:
    total = uow.session.execute(select(Counter.total).where(Counter.name == request.counter)).scalar_one_or_none()
    return Total(counter=request.counter, total=total or 0)


def answer_echo(request: Add, uow: UnitOfWork) -> Total:
    """Asks no database: what a call itself costs."""
    return Total(counter=request.counter, total=request.amount)


def hear(data: Added, uow: UnitOfWork) -> None:
    """Counts what was said; ``event-fails`` raises each time, ``event-dies`` ends the process."""
    _count(uow, data.counter, heard=data.amount)
    assert uow.event is not None
    uow.session.add(Heard(counter=data.counter, sequence=uow.event.sequence))
    if data.fail == "event-fails":
        raise RuntimeError("failed on purpose")
    if data.fail == "event-dies":
        os._exit(1)


class SampleService(Service):
    name = "sample"
    add = rpc(ADD, add_amount)
    enrol = rpc(ENROL, enrol)
    add_as_staff = rpc(ADD_AS_STAFF, add_amount)
    add_mine = rpc(ADD_MINE, add_amount)
    read = rpc(READ, read_total)
    echo = rpc(ECHO, answer_echo)
    on_added = on_event(ADDED, hear)
    on_skipped = on_event(SKIPPED, hear)
