"""A request repeated with its Idempotency-Key acts once, also when both arrive together."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from materials.testing.sample_files import numbered_pdf

from tests.journeys.conftest import Problem
from tests.journeys.people import Person

pytestmark = [pytest.mark.requirement("W-06"), pytest.mark.requirement("S-01")]


def together(act: Callable[[], Any], times: int = 3) -> list[Any]:
    with ThreadPoolExecutor(times) as pool:
        return [answer.result() for answer in [pool.submit(act) for _ in range(times)]]


def test_one_draft_comes_of_a_creation_that_is_sent_three_times_at_once(author: Person) -> None:
    key, title = uuid.uuid4().hex, f"只建一次的书 {uuid.uuid4().hex[:8]}"
    body = {"kind": "work", "form": {"title": title}}
    answers = together(lambda: author.me.post("/applications", body, key=key))
    assert len({answer["application_id"] for answer in answers}) == 1
    mine = author.me.get("/applications?limit=200")["items"]
    assert [case["title"] for case in mine].count(title) == 1


def test_a_key_that_is_used_for_something_else_is_refused(author: Person, problem: Problem) -> None:
    key = uuid.uuid4().hex
    author.me.post("/applications", {"kind": "work", "form": {"title": "先来的书"}}, key=key)
    other = problem(author.me, "POST", "/applications", {"kind": "work", "form": {"title": "后来的书"}}, key=key)
    assert other["code"] == "idempotency_key_reused"


def test_a_key_belongs_to_its_sender(author: Person, stranger: Person) -> None:
    key, body = uuid.uuid4().hex, {"kind": "work", "form": {"title": "同一个键的书"}}
    mine = author.me.post("/applications", body, key=key)
    theirs = stranger.me.post("/applications", body, key=key)
    assert mine["application_id"] != theirs["application_id"]


def test_a_material_is_attached_once_although_its_receipt_is_signed_anew(author: Person) -> None:
    application_id = author.draft(title="材料只加一次的书")
    body = {"role": "sample", "upload_id": author.me.upload(numbered_pdf(2), "一.pdf")}
    key = uuid.uuid4().hex
    path = f"/applications/{application_id}/materials"
    answers = together(lambda: author.me.post(path, body, key=key))
    assert len({answer["material_id"] for answer in answers}) == 1
    assert len(author.case(application_id)["materials"]) == 1


def test_a_submission_repeated_with_its_key_is_answered_with_the_same_serial_number(author: Person) -> None:
    application_id = author.ready_to_sign(pages=13, title="提交答复丢失的书")
    key, body = uuid.uuid4().hex, {"otp": author.code("sign")}
    path = f"/applications/{application_id}/submission"
    first = together(lambda: author.me.post(path, body, key=key), times=2)
    later = author.me.post(path, body, key=key)
    assert {answer["serial_number"] for answer in [*first, later]} == {author.case(application_id)["serial_number"]}
    author.order(application_id)
    orders = [order for order in author.me.get("/orders")["items"] if order["application_id"] == application_id]
    assert len(orders) == 1


def test_starting_to_pay_twice_gives_one_payment(author: Person) -> None:
    application_id = author.ready_to_sign(pages=14, title="只付一次的书")
    author.submit(application_id)
    order_id = author.order(application_id)["order_id"]
    answers = together(lambda: author.me.post(f"/orders/{order_id}/payments", {"method": "wechat"}))
    assert len({answer["payment_id"] for answer in answers}) == 1
    author.pay(application_id)


def test_a_signed_up_account_is_not_signed_up_twice(newcomer: Person) -> None:
    key = uuid.uuid4().hex
    entry = newcomer.entry(otp=newcomer.code("sign_up"))
    answers = together(lambda: newcomer.visitor.post("/accounts", entry, key=key), times=2)
    assert len({answer["account_id"] for answer in answers}) == 1
