"""Lists of the archive, page by page, with thousands of rows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from chassis.testing import Harness, anonymous, person, staff_actor
from chassis.testing.lists import every_page, multiply, tables_read_whole
from contracts.base import Empty
from contracts.paging import Page

from contracts import archive as contract

MANY = 5000
ARCHIVIST = staff_actor("archivist")


@pytest.fixture
def many(archive: Harness, registered: Callable[..., str]) -> Harness:
    """5,001 registrations, of one account every other one, whose certificates are all still being made."""
    registered()
    number, account = "'G-' || n", "CASE n % 2 WHEN 0 THEN 'acc-person' ELSE 'acc-' || n END"
    first = "model.registration_number NOT LIKE 'G-%'"
    multiply(archive, "register_records", MANY, first, registration_number=number)
    ago = "now() - (n / 100) * interval '1 day'"
    new = {"registration_number": number, "application_id": "'app-x' || n", "account_id": account}
    multiply(archive, "register_entries", MANY, first, sequence="n + 1", entered_at=ago, **new)
    new |= {"certificate_id": "'crt-' || lpad(n::text, 5, '0')", "queued_at": ago, "document_id": "'doc-' || n"}
    multiply(archive, "certificates", MANY, first, last_error="CASE n % 10 WHEN 0 THEN 'x' ELSE '' END", **new)
    return archive


def test_every_certificate_that_is_being_made_is_on_one_page_and_counted(many: Harness) -> None:
    jobs = every_page(many, contract.LIST_ISSUING, Page(limit=200), ARCHIVIST)
    assert len({job.registration_number for job in jobs}) == len(jobs) == MANY + 1
    assert [job.queued_at for job in jobs] == sorted(job.queued_at for job in jobs)
    totals = many.call(contract.TOTAL_ISSUING, Empty(), ARCHIVIST)
    assert (totals.count, totals.late) == (MANY + 1, sum(bool(job.last_error) for job in jobs))
    assert (totals.on - totals.since).days in (MANY // 100, MANY // 100 + 1), "by the date of either side of midnight"


@pytest.mark.requirement("W-01")
def test_every_certificate_of_an_account_is_on_one_page(many: Harness) -> None:
    items = every_page(many, contract.LIST_CERTIFICATES, Page(limit=200), person())
    assert len({item.registration_number for item in items}) == len(items) == MANY // 2 + 1


def test_every_entry_of_the_register_is_on_one_page_newest_first(many: Harness) -> None:
    items = every_page(many, contract.SEARCH_REGISTER, contract.SearchRegister(limit=200), anonymous())
    assert len({item.registration_number for item in items}) == len(items) == MANY + 1


def test_pages_are_found_by_index(many: Harness) -> None:
    many.as_owner(
        "UPDATE certificates SET state = 'issued', issued_at = now(), account_id = application_id,"
        " candidate_sha256 = certificate_id, candidate_size = 1 WHERE certificate_id > 'crt-00100'"
    )

    def ask() -> None:
        page = many.call(contract.SEARCH_REGISTER, contract.SearchRegister(limit=20), anonymous())
        more = contract.SearchRegister(limit=20, cursor=page.next_cursor)
        day = page.items[0].registered_on
        of_a_day = contract.SearchRegister(limit=20, registered_from=day, registered_to=day)
        many.call(contract.SEARCH_REGISTER, of_a_day, anonymous())
        many.call(contract.SEARCH_REGISTER, more, anonymous())
        many.call(contract.LIST_CERTIFICATES, Page(limit=20), person())
        many.call(contract.LIST_ISSUING, Page(limit=20), ARCHIVIST)

    assert tables_read_whole(many, ask) & {"register_entries", "certificates"} == set()
