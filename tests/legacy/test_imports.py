"""Imports of the stand-in's files: every row accounted for, each as it must be, and the same however it came about."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from archive.legacy import handlers as archive_legacy
from chassis.testing import Harness, anonymous, staff_actor
from contracts.identity import SIGN_IN, SignIn
from contracts.legacy import OF_AN_IMPORT
from contracts.legacy.imports import ListRejects
from contracts.legacy_bridge import LEGACY_RECORD_IMPORTED, LIST_LEGACY_REJECTS
from gateway.pages import staff_imports
from identity.accounts.passwords import verify_password
from identity.legacy import handlers as identity_legacy
from identity.legacy import wrapping
from identity.legacy.wrapping import Wrapping
from legacy_bridge.imports import handlers, reading
from legacy_bridge.imports import store as imports
from legacy_bridge.imports.checking import Checked, answer_of, compare, read_again, rows_again
from legacy_bridge.imports.model import ImportRefused, originals_of
from legacy_bridge.imports.report import write_rejects
from legacy_bridge.sources.delimited import Delimited
from psycopg import sql

from tests.legacy.files import write_csv, write_dbf, write_sql
from tests.legacy.office import Office
from tests.legacy.rows import TABLES, password, rows

pytestmark = [pytest.mark.requirement("L-04"), pytest.mark.requirement("L-05")]

ROWS = 700


@pytest.fixture
def office(service_harness: Callable[..., Harness], monkeypatch: pytest.MonkeyPatch) -> Office:
    small_batches(monkeypatch)
    return Office(service_harness)


def small_batches(monkeypatch: pytest.MonkeyPatch, size: int = 100) -> None:
    """As if five thousand rows were a hundred."""
    monkeypatch.setattr(reading, "BATCH_ROWS", size)


def outcomes(office: Office, import_id: str) -> list[tuple[str, str, str, int]]:
    with office.bridge.uow() as uow:
        found = imports.run(
            uow.session,
            "SELECT outcome, reason, field, coalesce(other_row, 0) AS other FROM import_rows"
            " WHERE import_id = %(id)s ORDER BY number",
            {"id": import_id},
        )
    return [tuple(row) for row in found]


WRITERS = {"csv": write_csv, "sql": write_sql, "dbf": write_dbf}


@pytest.mark.parametrize("table", ["registrations", "accounts", "cases"])
@pytest.mark.parametrize("form", WRITERS)
def test_each_row_ends_as_it_must_whatever_file_it_comes_in(
    office: Office, tmp_path: Path, table: str, form: str
) -> None:
    file = WRITERS[form](tmp_path / f"{table}.{form}", table, ROWS)
    report = office.run(file)
    assert (report.state, report.rows, report.whole) == ("done", ROWS, True)
    expected = [(made.outcome, made.reason, made.field, made.other) for made in rows(table, ROWS)]
    found = outcomes(office, report.import_id)
    assert {n: pair for n, pair in enumerate(zip(found, expected, strict=True), 1) if pair[0] != pair[1]} == {}
    assert [field.field for field in report.fields if field.theirs != field.ours] == []
    assert sum(event.loaded for event in office.bridge.events(LEGACY_RECORD_IMPORTED)) == report.counts["loaded"]


def everything(office: Office) -> dict[str, list[tuple[object, ...]]]:
    """What the owners and the bridge keep of all imports, without what is made by chance or sealed."""
    registrations = office.archive.as_owner(
        "SELECT to_jsonb(l) - 'import_id' FROM legacy_registrations l ORDER BY record_id"
    )
    accounts = office.identity.as_owner(
        "SELECT record_id, row_number, login_index, id_index FROM legacy_accounts ORDER BY 1"
    )
    cases = office.bridge.as_owner(
        "SELECT to_jsonb(c) - 'import_id' - 'taken_over_at' FROM legacy_cases c ORDER BY record_id"
    )
    judged = office.bridge.as_owner(
        "SELECT number, place, outcome, reason, field, key, digest, other_row FROM import_rows"
        " ORDER BY import_id, number"
    )
    batches = office.bridge.as_owner(
        "SELECT batch, first_row, last_row, sums FROM import_batches ORDER BY import_id, batch"
    )
    return {"registrations": registrations, "accounts": accounts, "cases": cases, "rows": judged, "batches": batches}


class Died(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("table", ["registrations", "accounts", "cases"])
def test_killed_on_any_row_and_gone_on_with_it_is_the_same(
    service_harness: Callable[..., Harness], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, table: str
) -> None:
    """Twenty deaths: on rows, before a batch is committed, and after."""
    small_batches(monkeypatch, 30)
    monkeypatch.setattr(reading, "LOOK_ROWS", 7)
    monkeypatch.setattr(handlers, "new_id", lambda prefix: f"{prefix}-same")  # sums of accounts are salted by it
    file = write_csv(tmp_path / "dump.csv", table, 300)
    whole = Office(service_harness)
    whole.run(file)
    office, chance = Office(service_harness), random.Random(7)
    import_id, deaths = office.begin(file), 0
    judge, failpoint = reading.judge_together, reading.failpoint
    while True:
        countdown = chance.randrange(1, 50)
        at_commit = deaths % 3 == 2

        def dying(*args: Any) -> Any:
            nonlocal countdown
            countdown -= len(args[-1])
            if countdown <= 0:
                raise Died
            return judge(*args)

        def dying_after_commit(name: str) -> None:
            assert name == "imports.batch_written"
            raise Died

        monkeypatch.setattr(reading, "judge_together", judge if deaths >= 20 or at_commit else dying)
        monkeypatch.setattr(reading, "failpoint", dying_after_commit if at_commit and deaths < 20 else failpoint)
        try:
            if not reading.work_off(office.bridge.runtime):
                break
        except Died:
            deaths += 1
            assert office.begin(file, resume=True) == import_id
            if deaths % 2:
                office.deliver()
    assert deaths >= 10
    office.deliver()
    assert office.report(import_id).state == "done"
    assert office.report(import_id).agrees
    found, expected = everything(office), everything(whole)
    for name, kept in expected.items():
        assert len(found[name]) == len(kept)
        assert [pair for pair in zip(found[name], kept, strict=True) if pair[0] != pair[1]] == [], name


def test_a_second_time_changes_nothing(office: Office, tmp_path: Path) -> None:
    """Also from another kind of file: a record is the same wherever it comes from."""
    first = office.run(write_csv(tmp_path / "dump.csv", "registrations", ROWS))
    before = everything(office)["registrations"]
    again = office.run(write_dbf(tmp_path / "DUMP.DBF", "registrations", ROWS))
    assert everything(office)["registrations"] == before
    assert again.counts["loaded"] == 0
    assert again.counts["duplicate"] == first.counts["loaded"] + first.counts["duplicate"]
    assert again.agrees


def test_a_dry_run_says_the_same_and_gives_nobody_anything(office: Office, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "dump.csv", "accounts", ROWS)
    dry = office.run(file, dry_run=True)
    assert everything(office)["accounts"] == []
    assert office.bridge.events() == []
    real = office.run(file)
    assert (dry.counts, dry.reasons, dry.whole) == (real.counts, real.reasons, True)
    assert real.counts["loaded"] == len(everything(office)["accounts"])


def rejects(office: Office, import_id: str) -> str:
    out = io.StringIO(newline="")
    with office.bridge.uow() as uow:
        row = imports.get(uow.session, import_id)
        assert row is not None
        runtime = office.bridge.runtime
        write_rejects(uow.session, row, runtime.sealing, out, rows_again(runtime, row))
    return out.getvalue()


def test_rejects_are_corrected_and_fed_back(office: Office, tmp_path: Path) -> None:
    report = office.run(write_csv(tmp_path / "dump.csv", "registrations", ROWS))
    [head, *lines] = csv.reader(io.StringIO(rejects(office, report.import_id), newline=""))
    assert len(lines) == report.counts["rejected"]
    corrected = tmp_path / "rejects.csv"
    with corrected.open("w", encoding="utf-8-sig", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(head)
        for line in lines:
            if line[head.index("_reason")] == "date_zero":
                line[head.index("登记日期")] = "2001-02-03"
                out.writerow(line)
    zero = sum(reason.count for reason in report.reasons if reason.reason == "date_zero")
    again = office.run(corrected)
    assert (again.counts["loaded"], again.rows) == (zero, zero)
    assert again.agrees


def test_no_reject_is_a_formula_and_all_come_back_as_they_were(office: Office, tmp_path: Path) -> None:
    """From the command's file and from the page's, byte for byte."""
    head, made = TABLES["registrations"][0], list(rows("registrations", 12))
    titles = [
        "=HYPERLINK(0)",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "＝1",
        "'=1",
        "''-1",
        "'单引号",
        " =1",
        "a\r\n=1",
        "\r=1",
    ]
    source = tmp_path / "dump.csv"
    with source.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream, lineterminator="\r\n")
        out.writerow(head)
        for title, one in zip(titles, made, strict=True):
            facts = dict(zip(head, one.values, strict=True)) | {"名称": title, "登记日期": "0000-00-00"}
            out.writerow(facts.values())
    report = office.run(source)
    assert report.counts["rejected"] == len(titles)
    asked = ListRejects(import_id=report.import_id, limit=100, values=True)
    page = office.bridge.call(LIST_LEGACY_REJECTS, asked, staff_actor("administrator"))
    cells = [staff_imports._cells(row, len(page.columns)) for row in page.items]
    of_the_page = "".join(map(staff_imports._line, [[*page.columns, *staff_imports.REJECTS_ADD], *cells]))
    said = [row.values for row in Delimited(source).rows()]
    for written in (rejects(office, report.import_id), of_the_page):
        for line in csv.reader(io.StringIO(written, newline="")):
            assert [cell for cell in line if cell.lstrip().startswith(("=", "+", "-", "@", "＝"))] == []
        back = tmp_path / "rejects.csv"
        back.write_text(written, encoding="utf-8-sig", newline="")
        again = Delimited(back)
        assert again.columns[: len(head)] == tuple(head)
        assert [row.values[: len(head)] for row in again.rows()] == said


@pytest.mark.parametrize("form", WRITERS)
def test_the_bridge_keeps_no_old_password_and_rejects_get_theirs_from_the_source(
    office: Office, tmp_path: Path, form: str
) -> None:
    """Also of rows that were cut or could not be read: what is left of them has no piece of a hash."""
    file = WRITERS[form](tmp_path / f"dump.{form}", "accounts", ROWS)
    hashes = [made.values[1] for made in rows("accounts", ROWS)]
    if form == "csv":
        with file.open("ab") as stream:
            stream.write(b'"cut,' + hashes[0][:14].upper().encode())
    report = office.run(file)
    kept = b"\n".join(originals_kept(office, report.import_id))
    assert b"user5@example.com" in kept
    assert [each for each in hashes if each.encode()[:8] in kept.lower()] == []
    lines = list(csv.reader(io.StringIO(rejects(office, report.import_id), newline="")))
    place = lines[0].index("_row")
    read = [line for line in lines[1:] if any(line[:place])]
    assert len(read) > 10
    assert [line for line in read if line[1] != hashes[int(line[place]) - 1]] == []


def test_rejects_of_a_source_that_is_gone_have_no_old_password(office: Office, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "dump.csv", "accounts", 150)
    report = office.run(file)
    file.unlink()
    lines = list(csv.DictReader(io.StringIO(rejects(office, report.import_id), newline="")))
    assert len(lines) == report.counts["rejected"]
    assert {line["密码"] for line in lines} == {""}


def originals_kept(office: Office, import_id: str) -> Iterator[bytes]:
    """What the bridge has of the rows of an import, opened."""
    with office.bridge.uow() as uow:
        for batch in imports.bounds(uow.session, import_id):
            sealed = imports.originals(uow.session, import_id, batch.batch)
            opened = office.bridge.runtime.sealing.open(reading.ORIGINALS, sealed, f"{import_id}:{batch.batch}")
            found = originals_of(opened)
            yield from found.raws
            yield repr(found.rejected).encode()


def test_the_original_of_a_row_that_cannot_be_read_is_kept(office: Office, tmp_path: Path) -> None:
    report = office.run(write_csv(tmp_path / "dump.csv", "cases", 200))
    half = [
        line for line in csv.DictReader(io.StringIO(rejects(office, report.import_id), newline="")) if line["_original"]
    ]
    assert {line["_reason"] for line in half} == {"row_not_in_encoding"}
    assert "\\xd6" in half[0]["_original"]


@pytest.mark.parametrize("table", ["registrations", "accounts", "cases"])
def test_an_import_is_withdrawn_and_can_come_again(office: Office, tmp_path: Path, table: str) -> None:
    file = write_csv(tmp_path / "dump.csv", table, 200)
    first = office.run(file)
    with office.bridge.uow() as uow:
        handlers.withdraw(first.import_id, uow)
    office.deliver()
    gone = office.report(first.import_id)
    assert (gone.state, gone.counts["withdrawn"], gone.counts["loaded"]) == ("withdrawn", first.counts["loaded"], 0)
    assert everything(office)[table] == []
    assert office.run(file).counts == first.counts


def test_an_import_on_which_another_rests_stays(office: Office, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "dump.csv", "registrations", 100)
    first = office.run(file)
    second = office.run(file)
    with office.bridge.uow() as uow, pytest.raises(ImportRefused, match="import_built_upon"):
        handlers.withdraw(first.import_id, uow)
    with office.bridge.uow() as uow:
        handlers.withdraw(second.import_id, uow)
    office.deliver()
    assert office.report(first.import_id).counts == first.counts


def test_accounts_that_somebody_has_joined_stay(office: Office, tmp_path: Path) -> None:
    report = office.run(write_csv(tmp_path / "dump.csv", "accounts", 60))
    office.identity.call(SIGN_IN, SignIn(login="user5", password=password(5)), anonymous())
    with office.bridge.uow() as uow:
        handlers.withdraw(report.import_id, uow)
    office.deliver()
    after = office.report(report.import_id)
    assert (after.state, after.counts) == ("done", report.counts)
    assert len(everything(office)["accounts"]) == report.counts["loaded"]


def compared(office: Office, import_id: str) -> Checked:
    again = read_again(office.bridge.runtime, import_id)
    with office.bridge.uow() as uow:
        check_id = handlers.ask_sums(import_id, uow)
    office.deliver()
    with office.bridge.uow() as uow:
        row, answer = imports.get(uow.session, import_id), answer_of(uow, check_id)
        assert row is not None
        assert answer is not None
        return compare(row, again, answer)


@pytest.mark.parametrize("table", ["registrations", "accounts", "cases"])
def test_both_sides_are_read_again_later(office: Office, tmp_path: Path, table: str) -> None:
    report = office.run(write_csv(tmp_path / "dump.csv", table, 300))
    checked = compared(office, report.import_id)
    assert (checked.rows, checked.differences) == (report.counts["loaded"], [])
    assert checked.not_compared == (["password_md5"] if table == "accounts" else [])


def test_a_value_that_was_changed_meanwhile_is_found(office: Office, tmp_path: Path) -> None:
    report = office.run(write_csv(tmp_path / "dump.csv", "registrations", 300))
    office.archive.as_owner("UPDATE legacy_registrations SET title = title || '。' WHERE row_number = 201")
    assert [difference.field for difference in compared(office, report.import_id).differences] == ["title"]


def test_a_number_that_the_new_register_gave_is_refused_by_its_owner(office: Office, tmp_path: Path) -> None:
    number = next(rows("registrations", 1)).values[0]
    office.archive.as_owner(
        "INSERT INTO register_records (registration_number, sequence, act, states, form, sample_sha256, decided_at,"
        " decided_by, recorded_on) VALUES (%s, 1, 'registered', '{}', '{}', '[]', now(), '', now())",
        number,
    )
    office.archive.as_owner(
        "INSERT INTO register_entries (registration_number, certificate_number, record, status, application_id,"
        " account_id, series, year, sequence, kind, title, short_name, version, authors, owners, searched,"
        " registered_on) VALUES (%s, '软著登字第0000001号', 1, 'valid', 'app-1', 'acc-1', 'software', 1995, 1,"
        " 'software', 't', '', '', '[]', '[{}]', '', now())",
        number,
    )
    report = office.run(write_csv(tmp_path / "dump.csv", "registrations", 60))
    assert outcomes(office, report.import_id)[0] == ("rejected", "number_in_register", "", 0)
    assert report.agrees


def test_no_password_or_id_number_of_an_old_account_lies_in_clear(office: Office, tmp_path: Path) -> None:
    office.run(write_csv(tmp_path / "dump.csv", "accounts", 60))
    made = next(rows("accounts", 1))
    for value in (made.values[1], made.values[6], made.values[9]):
        for house in (office.bridge, office.identity):
            tables = house.as_owner("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            for (table,) in tables:
                query = sql.SQL("SELECT count(*) FROM {} t WHERE t::text LIKE %s").format(sql.Identifier(table))
                assert house.as_owner(query.as_string(), f"%{value}%") == [(0,)], table
    for file in (tmp_path / "objects").rglob("*"):
        assert not file.is_file() or made.values[1].encode() not in file.read_bytes()


def test_old_hashes_are_wrapped_by_and_by(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = office.run(write_csv(tmp_path / "dump.csv", "accounts", 8))
    rests: list[float] = []
    monkeypatch.setenv("REGISTRY_LEGACY_WRAPS_PER_SECOND", "10")
    hand = Wrapping(rests.append)
    while hand.step(office.identity.runtime):
        pass
    assert 1 <= len(rests) <= 8  # each step begins somewhere else among those that are left, and takes some
    kept = office.identity.as_owner("SELECT sealed_password, password_hash FROM legacy_accounts ORDER BY row_number")
    assert all(sealed is None for sealed, _ in kept)
    assert verify_password(kept[0][1], next(rows("accounts", 1)).values[1])
    assert compared(office, report.import_id).differences == []


def test_who_signs_in_while_their_old_hash_is_wrapped_neither_waits_nor_loses(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.run(write_csv(tmp_path / "dump.csv", "accounts", 6))
    come: list[int] = []

    def in_the_middle(most: float) -> float:
        if not come:
            come.append(5)
            office.identity.call(SIGN_IN, SignIn(login="user5", password=password(5)), anonymous())
        return 0.0

    monkeypatch.setattr(wrapping, "rest_while_crowded", in_the_middle)
    while wrapping.Wrapping().step(office.identity.runtime):
        pass
    assert come
    kept = "SELECT account_id IS NULL, sealed_password IS NULL, password_hash IS NULL FROM legacy_accounts"
    found = office.identity.as_owner(f"{kept} ORDER BY row_number")
    assert found.count((False, True, True)) == 1  # what they typed is the account's own hash now
    assert found.count((True, True, False)) == len(found) - 1
    office.identity.call(SIGN_IN, SignIn(login="user5", password=password(5)), anonymous())


@pytest.mark.parametrize(
    ("table", "owner", "asked"), [("registrations", archive_legacy, 2), ("accounts", identity_legacy, 12)]
)
def test_whoever_works_at_an_import_rests_while_people_wait(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str, owner: Any, asked: int
) -> None:
    """Who reads it after each part of a batch; the archive before each batch, identity between the rows of one."""
    rested = {"reading": 0, "owner": 0}

    def looks(who: str) -> Callable[..., float]:
        def look(most: float, beside: int) -> float:
            assert beside == OF_AN_IMPORT
            rested[who] += 1
            return 0.0

        return look

    small_batches(monkeypatch, 150)
    monkeypatch.setattr(reading, "LOOK_ROWS", 50)
    monkeypatch.setattr(identity_legacy, "SLICE", 13)
    monkeypatch.setattr(reading, "rest_while_crowded", looks("reading"))
    monkeypatch.setattr(owner, "rest_while_crowded", looks("owner"))
    assert office.run(write_csv(tmp_path / "dump.csv", table, 300)).agrees
    assert rested == {"reading": 5, "owner": asked}


def test_the_file_of_a_batch_may_go_once_its_owner_has_it(office: Office, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "dump.csv", "registrations", 150)
    office.begin(file)
    reading.work_off(office.bridge.runtime)
    assert office.bridge.as_owner("SELECT state FROM imports") == [("loading",)]
    held = office.bridge.as_owner("SELECT object_sha256 FROM import_batches WHERE object_sha256 IS NOT NULL")
    assert len(held) == 2
    office.deliver()
    assert office.bridge.as_owner("SELECT state FROM imports") == [("done",)]
    released = office.bridge.as_owner("SELECT sha256 FROM released_objects")
    assert sorted(released) == sorted(held)
    assert office.bridge.as_owner("SELECT count(*) FROM import_batches WHERE object_sha256 IS NOT NULL") == [(0,)]


def test_long_rows_make_small_batches(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that what is held at once has a bound, however long rows are."""
    monkeypatch.setattr(reading, "BATCH_BYTES", 1000)
    report = office.run(write_csv(tmp_path / "dump.csv", "registrations", 60))
    batches = office.bridge.as_owner("SELECT last_row - first_row + 1 FROM import_batches ORDER BY batch")
    assert len(batches) > 6
    assert sum(rows for (rows,) in batches) == 60
    assert report.agrees
    assert compared(office, report.import_id).differences == []
