"""公告: what was registered yesterday is announced today: as JSON, as a page, under the seal, and as a feed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from lxml import etree
from registry_infra.portal import Portal, wait_for
from registry_infra.testing import Stack

from tests.journeys.conftest import Problem
from tests.journeys.people import Person
from tests.lives import examined

pytestmark = pytest.mark.requirement("A-06")
ATOM = "{http://www.w3.org/2005/Atom}"


def records(visitor: Portal, day: str) -> Iterator[dict[str, Any]]:
    """All that an issue announces, part by part."""
    cursor = ""
    while True:
        part = visitor.get(f"/gazette/{day}?limit=200{cursor}")
        yield from part["items"]
        if not part["next_cursor"]:
            return
        cursor = f"&cursor={part['next_cursor']}"


def fetched(address: str, content_type: str) -> bytes:
    answer = httpx.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith(content_type)
    return answer.content


def entries(address: str) -> Iterator[etree._Element]:
    """All entries of a feed, from part to part (RFC 5005)."""
    next_part: str | None = address
    while next_part:
        feed = etree.fromstring(fetched(next_part, "application/atom+xml"))
        assert {child.tag for child in feed} >= {f"{ATOM}id", f"{ATOM}title", f"{ATOM}updated", f"{ATOM}author"}
        yield from feed.iter(f"{ATOM}entry")
        following = [link for link in feed.findall(f"{ATOM}link") if link.get("rel") == "next"]
        next_part = following[0].get("href") if following else None


def test_what_was_registered_is_announced_when_its_day_is_over(
    visitor: Portal, author: Person, stack: Stack, problem: Problem
) -> None:
    title = "长江边的石头 <公告> & 其他"
    case = examined(author.accepted_with_paper(title=title), author, "approve")
    number = author.wait_until(case, "registration_number")
    day = visitor.get("/tariff")["on"]
    assert problem(visitor, "GET", f"/gazette/{day}")["code"] == "gazette_unknown"
    visitor.post("/sandbox/clock/advance", {"days": 2})
    wait_for("the issue", lambda: [issue for issue in visitor.get("/gazette")["items"] if issue["day"] == day] or None)
    [told] = [item for item in records(visitor, day) if item["registration_number"] == number]
    assert (told["act"], told["title"], told["kind"]) == ("registered", title, "work")
    assert author.who.name not in str(told)
    assert fetched(f"{stack.url}/gazette/{day}/1.pdf", "application/pdf").startswith(b"%PDF-")
    issues = {entry.findtext(f"{ATOM}id"): entry for entry in entries(f"{stack.url}/gazette.atom")}
    assert f"{stack.url}/gazette/{day}" in issues
    feed = list(entries(f"{stack.url}/gazette/{day}.atom"))
    assert [entry.findtext(f"{ATOM}title") for entry in feed if number in (entry.findtext(f"{ATOM}summary") or "")] == [
        title
    ]
    assert len({entry.findtext(f"{ATOM}id") for entry in feed}) == len(feed)
    for wrong in ("yesterday", "2026-13-01", "1999-01-01", "2026-11-27T00:00"):
        assert problem(visitor, "GET", f"/gazette/{wrong}")["code"] == "gazette_unknown"
    assert problem(visitor, "GET", f"/gazette/{day}?act=eaten")["code"] == "request_invalid"


def test_the_register_is_searched_by_page_and_day(visitor: Portal, author: Person, stack: Stack) -> None:
    case = examined(author.accepted_with_paper(title="杏林春深手记"), author, "approve")
    number = author.wait_until(case, "registration_number")
    day = visitor.get("/tariff")["on"]
    for words in ("q=%E6%9D%8F%E6%9E%97", f"registered_from={day}&registered_to={day}&kind=work&category=A"):
        assert number in fetched(f"{stack.url}/register?{words}", "text/html").decode()
