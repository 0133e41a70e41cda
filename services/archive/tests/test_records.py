"""Records of a registration, and what is folded from them: pure, then on a real database."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from archive.database import UPDATABLE
from archive.register.handlers import Source, write_down
from archive.register.model import Particulars
from archive.register.records import GROUNDS, LEADS_TO, MAY_STATE, Act, Record, Standing, fold, follow
from archive.register.store import RegisterEntry, RegisterRecord, find_entry, lock_entry, records_of
from chassis.ids import new_id
from contracts.archive import CHECK_CERTIFICATE, SEARCH_REGISTER, CheckCertificate, SearchRegister
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from .conftest import software
from .records import record

DAY = date(2026, 11, 28)
FIRST = Particulars(
    kind="software",
    certificate_number="软著登字第0000001号",
    title="红叶",
    version="V1",
    owners=[{"name": "甲公司", "kind": "organisation"}],
    completion_date=date(2026, 1, 1),
    applicant="甲公司",
)
owners = st.lists(
    st.sampled_from(["甲公司", "乙公司", "王小明"]).map(lambda name: {"name": name}), min_size=1, max_size=3
)
values = {
    "title": st.sampled_from(["红叶", "绿叶", "𬱖叶"]),
    "short_name": st.sampled_from(["", "叶"]),
    "version": st.sampled_from(["1", "V1"]),
    "owners": owners,
    "authors": owners,
    "completion_date": st.dates(date(2025, 1, 1), date(2026, 1, 31)).map(date.isoformat),
    "publication_date": st.dates(date(2026, 3, 2), date(2026, 12, 1)).map(date.isoformat),
}


def statements(act: Act) -> st.SearchStrategy[dict[str, Any]]:
    allowed = {name: values[name] for name in MAY_STATE.get(act, ()) if name in values}
    return (
        st.fixed_dictionaries({}, optional=allowed) if act != "registered" else st.just(FIRST.model_dump(mode="json"))
    )


acts = st.sampled_from(sorted({act for _, act in LEADS_TO}))
steps = st.lists(
    acts.flatmap(lambda act: st.tuples(st.just(act), statements(act), st.sampled_from(["质1", "质2"]))), max_size=12
)


def numbered(history: list[tuple[Act, dict[str, Any], str]]) -> list[Record]:
    """As many of the steps as can follow each other, from a registration on."""
    records = [Record(1, "registered", DAY, FIRST.model_dump(mode="json"))]
    for act, states, other in history:
        refers = other if act in ("pledged", "released", "replaced") else ""
        new = Record(len(records) + 1, act, DAY, states, refers, ground=min(GROUNDS.get(act, {""})))
        try:
            fold([*records, new])
        except ValueError:
            continue
        records.append(new)
    return records


@given(history=steps)
def test_what_holds_is_what_was_stated_last_and_never_what_no_record_may_change(history: Any) -> None:
    records = numbered(history)
    standing = fold(records)
    expected = FIRST.model_dump(mode="json")
    for one in records:
        expected |= one.states
    assert standing.particulars == Particulars.model_validate(expected)
    fixed = set(Particulars.model_fields).difference(
        MAY_STATE["changed"], MAY_STATE["assigned"], MAY_STATE["corrected"]
    )
    for name in fixed:
        assert getattr(standing.particulars, name) == getattr(FIRST, name)
    assert (standing.sequence, standing.registered_on) == (len(records), DAY)


@given(history=steps)
def test_the_status_is_that_of_the_last_record_that_ended_it(history: Any) -> None:
    records = numbered(history)
    done = [one.act for one in records]
    standing = fold(records)
    assert standing.status == ("revoked" if "revoked" in done else "replaced" if "replaced" in done else "valid")
    for number in ("质1", "质2"):
        named = [one.act for one in records if one.refers_to == number and one.act in ("pledged", "released")]
        assert (number in standing.pledges) == (bool(named) and named[-1] == "pledged")


@given(history=steps, cut=st.integers(1, 12))
def test_folding_in_two_parts_is_folding_at_once(history: Any, cut: int) -> None:
    records = numbered(history)
    standing: Standing | None = None
    for one in records[:cut]:
        standing = follow(standing, one)
    assert standing == fold(records[:cut])
    for one in records[cut:]:
        standing = follow(standing, one)
    assert standing == fold(records)


@pytest.mark.parametrize(
    ("records", "why"),
    [
        ([], "begins"),
        ([Record(1, "revoked", DAY, {})], "cannot follow"),
        ([Record(2, "registered", DAY, FIRST.model_dump(mode="json"))], "cannot follow"),
        ([Record(3, "changed", DAY, {})], "cannot follow"),
        ([Record(2, "revoked", DAY, {}), Record(3, "changed", DAY, {})], "cannot follow"),
        ([Record(2, "replaced", DAY, {}, "2026SR2"), Record(3, "pledged", DAY, {}, "质1")], "cannot follow"),
        ([Record(2, "changed", DAY, {"completion_date": "2026-02-01"})], "does not state"),
        ([Record(2, "assigned", DAY, {"title": "别的"})], "does not state"),
        ([Record(2, "revoked", DAY, {"title": "别的"})], "does not state"),
        ([Record(2, "released", DAY, {}, "质1")], "not registered"),
        ([Record(2, "pledged", DAY, {}, "质1"), Record(3, "pledged", DAY, {}, "质1")], "already"),
        ([Record(2, "pledged", DAY, {})], "refers"),
        ([Record(2, "changed", DAY, {}, "质1")], "refers"),
    ],
)
def test_what_cannot_follow_is_refused(records: list[Record], why: str) -> None:
    first = (
        []
        if not records or why == "begins" or records[0].sequence == 1
        else [Record(1, "registered", DAY, FIRST.model_dump(mode="json"))]
    )
    with pytest.raises(ValueError, match=why):
        fold([*first, *records])


@pytest.mark.requirement("A-05")
def test_entries_show_what_their_records_make_of_them(archive: Any, registered: Any) -> None:
    number = registered(of=software)
    record(archive, number, "changed", {"title": "绿叶文档管理软件", "publication_date": "2026-06-01"})
    record(archive, number, "assigned", {"owners": [{"name": "绿叶股份有限公司", "kind": "organisation"}]})
    record(archive, number, "pledged", refers="质2026-1")
    check = archive.call(CHECK_CERTIFICATE, CheckCertificate(registration_number=number))
    assert (check.title, check.owners, check.status) == ("绿叶文档管理软件", ["绿叶股份有限公司"], "valid")
    assert str(check.publication_date) == "2026-06-01"
    for q, found in (("绿叶文档", [number]), ("绿叶股份", [number]), ("红叶文档", [])):
        items = archive.call(SEARCH_REGISTER, SearchRegister(q=q)).items
        assert [item.registration_number for item in items] == found, q
    record(archive, number, "revoked")
    assert archive.call(CHECK_CERTIFICATE, CheckCertificate(registration_number=number)).status == "revoked"
    with archive.uow() as uow:
        entry = find_entry(uow.session, number)
        standing = fold(records_of(uow.session, number))
        shown = RegisterEntry(registration_number=number)
        shown.show(standing)
        for column in UPDATABLE["register_entries"][1:]:
            assert getattr(entry, column) == getattr(shown, column)


@pytest.mark.requirement("A-05")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=steps)
def test_entries_rebuilt_from_their_records_are_the_same_rows(archive: Any, registered: Any, history: Any) -> None:
    """Whatever was recorded: emptied of all that records may change, and folded anew, the row is what it was."""
    number = registered(new_id("app"), of=software)
    with archive.uow() as uow:
        entry, records = lock_entry(uow.session, number), records_of(uow.session, number)
        for act, states, other in history:
            refers = other if act in ("pledged", "released", "replaced") else ""
            ground = min(GROUNDS.get(act, {""}))
            new = Record(len(records) + 1, act, uow.today(), states, refers, ground=ground)
            try:
                write_down(entry, records, new, Source(uow.now(), "acc-archivist"), uow)
            except ValueError:
                continue
            records.append(new)
    columns = UPDATABLE["register_entries"][1:]
    with archive.uow() as uow:
        entry, kept = lock_entry(uow.session, number), records_of(uow.session, number)
        before = {column: getattr(entry, column) for column in columns}
        for column in columns:
            setattr(entry, column, None)
        entry.show(fold(kept))
        assert {column: getattr(entry, column) for column in columns} == before
        assert len(kept) == entry.record == len(records)


@pytest.mark.requirement("S-01")
def test_two_records_of_one_place_cannot_both_be_written(archive: Any, registered: Any) -> None:
    number = registered()
    with archive.uow() as uow:
        row = dict(uow.session.execute(text("SELECT * FROM register_records")).mappings().one())
    del row["recorded_at"]
    for sequence, act in ((1, "registered"), (2, "registered"), (1, "revoked"), (0, "revoked")):
        with pytest.raises(IntegrityError), archive.uow() as uow:
            uow.session.execute(insert(RegisterRecord).values({**row, "sequence": sequence, "act": act}))
    assert archive.call(CHECK_CERTIFICATE, CheckCertificate(registration_number=number)).status == "valid"


@pytest.mark.requirement("A-06")
def test_numbers_newest_and_mine_are_found_by_an_index(archive: Any, registered: Any) -> None:
    """The questions of today, asked of many: none of them reads the whole register."""
    registered(of=software)
    archive.as_owner(
        "INSERT INTO register_records SELECT 'n' || n, 1, act, states, refers_to, 'app' || n, form, sample_sha256,"
        " serial_number, acceptance_number, decided_at, decided_by, recorded_on, recorded_at"
        " FROM register_records, generate_series(1, 20000) n"
    )
    archive.as_owner(
        "INSERT INTO register_entries SELECT 'n' || n, 'c' || n, 1, status, 'app' || n, 'acc' || n %% 500, series,"
        " year, n + 10, kind, category, title, short_name, version, authors, owners, searched, completion_date,"
        " publication_date, registered_on, entered_at + n * interval '1 second'"
        " FROM register_entries, generate_series(1, 20000) n"
    )
    archive.as_owner("ANALYZE register_entries, register_records")
    for asked, index in (
        ("SELECT * FROM register_entries WHERE registration_number = 'n5'", "pk_register_entries"),
        ("SELECT * FROM register_entries WHERE certificate_number = 'c5'", "uq_register_entries_certificate_number"),
        ("SELECT * FROM register_entries WHERE application_id = 'app5'", "uq_register_entries_application_id"),
        (
            "SELECT * FROM register_entries ORDER BY entered_at DESC, registration_number DESC LIMIT 20",
            "ix_register_entries_entered_at",
        ),
        ("SELECT * FROM register_records WHERE registration_number = 'n5' ORDER BY sequence", "pk_register_records"),
    ):
        plan = "\n".join(str(row[0]) for row in archive.as_owner(f"EXPLAIN {asked}"))
        assert index in plan, plan
        assert "Seq Scan" not in plan, plan
