"""Imports as the office sees them: the list, both sides of some rows, rejects, verifications, and undoing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from chassis.errors import Problem
from chassis.testing import Harness, anonymous, staff_actor
from contracts.archive import HELD_LEGACY_REGISTRATIONS
from contracts.identity import HELD_LEGACY_ACCOUNTS, SIGN_IN, SignIn
from contracts.legacy.imports import (
    HeldAsked,
    LegacyImportRef,
    LegacyImportView,
    ListRejects,
    SampledRow,
    UndoLegacyImport,
)
from contracts.legacy_bridge import (
    GET_LEGACY_IMPORT,
    LIST_LEGACY_IMPORTS,
    LIST_LEGACY_REJECTS,
    SAMPLE_LEGACY_IMPORT,
    UNDO_LEGACY_IMPORT,
)
from contracts.paging import Page
from legacy_bridge.imports import handlers, reading
from legacy_bridge.imports import store as imports
from legacy_bridge.imports.checking import answer_of, compare, read_again

from tests.legacy.files import write_csv
from tests.legacy.office import Office
from tests.legacy.rows import password, rows

pytestmark = [pytest.mark.requirement("L-04"), pytest.mark.requirement("L-05")]

ADMINISTRATOR = staff_actor("administrator")


@pytest.fixture
def office(service_harness: Callable[..., Harness], monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(reading, "BATCH_ROWS", 50)
    return Office(service_harness)


def seen(office: Office, import_id: str) -> LegacyImportView:
    return office.bridge.call(GET_LEGACY_IMPORT, LegacyImportRef(import_id=import_id), ADMINISTRATOR)


def sampled(office: Office, import_id: str) -> list[SampledRow]:
    return office.bridge.call(SAMPLE_LEGACY_IMPORT, LegacyImportRef(import_id=import_id), ADMINISTRATOR).items


def test_the_list_goes_by_pages_and_is_the_administrators(office: Office, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "dump.csv", "cases", 20)
    runs = [office.run(file, dry_run=True).import_id for _ in range(3)]
    first = office.bridge.call(LIST_LEGACY_IMPORTS, Page(limit=2), ADMINISTRATOR)
    second = office.bridge.call(LIST_LEGACY_IMPORTS, Page(limit=2, cursor=first.next_cursor), ADMINISTRATOR)
    assert [item.import_id for item in (*first.items, *second.items)] == runs[::-1]
    assert second.next_cursor is None
    assert {(item.source, item.dry_run, item.rows) for item in first.items} == {("dump.csv", True, 20)}
    with pytest.raises(Problem, match="forbidden"):
        office.bridge.call(LIST_LEGACY_IMPORTS, Page(), staff_actor("archivist"))
    with pytest.raises(Problem, match="legacy_import_unknown"):
        seen(office, "imp-none")


@pytest.mark.parametrize("table", ["registrations", "accounts", "cases"])
def test_both_sides_of_the_same_rows_whoever_reads_them(office: Office, tmp_path: Path, table: str) -> None:
    report = office.run(write_csv(tmp_path / "dump.csv", table, 200))
    view = seen(office, report.import_id)
    assert (view.state, view.agrees, view.counts, view.progress) == ("done", True, report.counts, 1.0)
    sample = sampled(office, report.import_id)
    assert len(sample) == 10
    assert [row.row_number for row in sample] == sorted(row.row_number for row in sample)
    asked = HeldAsked(import_id=report.import_id, record_ids=[row.record_id for row in sample])
    if table == "registrations":
        held = office.archive.call(HELD_LEGACY_REGISTRATIONS, asked, ADMINISTRATOR).records
    elif table == "accounts":
        held = office.identity.call(HELD_LEGACY_ACCOUNTS, asked, ADMINISTRATOR).records
    else:
        held = {row.record_id: row.held for row in sample if row.held}
    assert {row.record_id: row.said for row in sample} == held
    told = str(sample)
    for made in rows(table, 200):
        secret = made.values[1:2] + made.values[6:7] + made.values[9:11] if table == "accounts" else ()
        assert not [value for value in secret if value and value in told]
    again = office.run(write_csv(tmp_path / "again.csv", table, 200), dry_run=True)
    assert again.counts["loaded"] == 0
    assert sampled(office, again.import_id) == []


def test_a_value_that_was_changed_meanwhile_is_seen_in_the_sample(office: Office, tmp_path: Path) -> None:
    report = office.run(write_csv(tmp_path / "dump.csv", "cases", 60))
    row = sampled(office, report.import_id)[0]
    office.bridge.as_owner("UPDATE legacy_cases SET title = '另一个名称' WHERE record_id = %s", row.record_id)
    [first, *others] = sampled(office, report.import_id)
    assert first.held is not None
    assert {name for name, value in first.said.items() if first.held[name] != value} == {"title"}
    assert all(each.said == each.held for each in others)


def test_rejects_are_read_page_by_page_with_their_values_or_without(office: Office, tmp_path: Path) -> None:
    report = office.run(write_csv(tmp_path / "dump.csv", "registrations", 300))
    expected = [
        (number, made.reason) for number, made in enumerate(rows("registrations", 300), 1) if made.outcome == "rejected"
    ]
    found, cursor = [], None
    while True:
        asked = ListRejects(import_id=report.import_id, cursor=cursor, limit=7, values=True)
        page = office.bridge.call(LIST_LEGACY_REJECTS, asked, ADMINISTRATOR)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    assert [(row.row_number, row.reason) for row in found] == expected
    assert all(len(row.values) == len(page.columns) or row.original for row in found)
    bare = office.bridge.call(LIST_LEGACY_REJECTS, ListRejects(import_id=report.import_id), ADMINISTRATOR)
    assert not any(row.values or row.original for row in bare.items)
    for wrong in ("x", "-1", "٣", "9" * 30):
        with pytest.raises(Problem, match="request_invalid"):
            office.bridge.call(
                LIST_LEGACY_REJECTS, ListRejects(import_id=report.import_id, cursor=wrong), ADMINISTRATOR
            )


def test_what_a_verification_found_is_kept(office: Office, tmp_path: Path) -> None:
    report = office.run(write_csv(tmp_path / "dump.csv", "registrations", 60))
    assert seen(office, report.import_id).check is None
    office.archive.as_owner("UPDATE legacy_registrations SET title = title || '。' WHERE row_number = 21")
    again = read_again(office.bridge.runtime, report.import_id)
    with office.bridge.uow() as uow:
        check_id = handlers.ask_sums(report.import_id, uow)
    office.deliver()
    assert (check := seen(office, report.import_id).check)
    assert check.rows is None
    with office.bridge.uow() as uow:
        row, answer = imports.get(uow.session, report.import_id), answer_of(uow, check_id)
        assert row
        assert answer
        handlers.note_found(check_id, compare(row, again, answer), uow)
    assert (check := seen(office, report.import_id).check)
    assert (check.rows, [one.field for one in check.differences]) == (report.counts["loaded"], ["title"])


def undo(office: Office, import_id: str, reason: str = "映射写错了") -> LegacyImportView:
    asked = UndoLegacyImport(import_id=import_id, reason=reason)
    return office.bridge.call(UNDO_LEGACY_IMPORT, asked, ADMINISTRATOR)


def test_undoing_is_offered_while_nothing_rests_on_it(office: Office, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "dump.csv", "registrations", 60)
    first, second = office.run(file), office.run(file)
    dry = office.run(file, dry_run=True)
    assert seen(office, dry.import_id).undo == "nothing_loaded"
    with pytest.raises(Problem, match="legacy_import_not_to_undo"):
        undo(office, dry.import_id)
    assert (seen(office, first.import_id).undo, seen(office, second.import_id).undo) == ("built_upon", "offered")
    with pytest.raises(Problem, match="legacy_import_built_upon"):
        undo(office, first.import_id)
    with pytest.raises(Problem) as wordless:
        undo(office, second.import_id, "")
    assert [error.field for error in wordless.value.errors] == ["reason"]
    withdrawing = undo(office, second.import_id)
    assert (withdrawing.state, withdrawing.undone_by) == ("withdrawing", ADMINISTRATOR.subject)
    assert (withdrawing.undone_because, withdrawing.undone_at is None) == ("映射写错了", False)
    office.deliver()
    assert (seen(office, second.import_id).undo, seen(office, first.import_id).undo) == ("undone", "offered")
    undo(office, first.import_id)
    office.deliver()
    assert office.archive.as_owner("SELECT count(*) FROM legacy_registrations") == [(0,)]


def test_the_owner_says_how_many_accounts_somebody_has_joined(office: Office, tmp_path: Path) -> None:
    report = office.run(write_csv(tmp_path / "dump.csv", "accounts", 20))
    office.identity.call(SIGN_IN, SignIn(login="user5", password=password(5)), anonymous())
    held = office.identity.call(
        HELD_LEGACY_ACCOUNTS, HeldAsked(import_id=report.import_id, record_ids=[]), ADMINISTRATOR
    )
    assert held.built_upon == 1
