"""公告: each day's records are announced once the day is over, all of them, once, as they stood then, masked."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from archive.gazette import model, publishing
from archive.gazette.store import Issue, Volume
from archive.register.records import LEADS_TO
from chassis.errors import Problem
from chassis.signing import verify_certificate_pdf
from chassis.testing import Harness
from contracts.archive import CHECK_CERTIFICATE, CheckCertificate
from contracts.filing import APPLICATION_APPROVED
from contracts.gazette import (
    LIST_GAZETTE,
    OPEN_GAZETTE,
    READ_GAZETTE,
    Act,
    GazetteIssues,
    GazettePage,
    ListGazette,
    OpenGazette,
    ReadGazette,
)
from pypdf import PdfReader
from sqlalchemy import func, select

from .conftest import software
from .records import record
from .test_changes import changed

pytestmark = pytest.mark.requirement("A-06")


def today(archive: Harness) -> date:
    with archive.uow() as uow:
        return uow.today()


def publish(archive: Harness) -> int:
    """All that can be published now; the number of steps."""
    steps = 0
    while publishing.publish_next(archive.runtime):
        steps += 1
    return steps


def issues(archive: Harness, **asked: Any) -> GazetteIssues:
    return archive.call(LIST_GAZETTE, ListGazette(**asked))


def read(archive: Harness, day: date, **asked: Any) -> GazettePage:
    return archive.call(READ_GAZETTE, ReadGazette(day=day, **asked))


def printed(archive: Harness, day: date, volume: int = 1) -> tuple[bytes, str]:
    found = archive.call(OPEN_GAZETTE, OpenGazette(day=day, volume=volume))
    pdf = archive.runtime.objects.read(found.object.sha256, 50_000_000)
    return pdf, "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace("\n", "")


def test_a_day_is_announced_when_it_is_over_and_not_before(archive: Harness, registered: Any) -> None:
    day, number = today(archive), registered()
    assert publish(archive) == 0
    assert issues(archive).items == []
    with pytest.raises(Problem, match="gazette_unknown"):
        read(archive, day)
    archive.advance(2)
    publish(archive)
    [issue] = issues(archive).items
    assert (issue.day, issue.number, issue.total, issue.counts, issue.volumes) == (day, 1, 1, {"registered": 1}, 1)
    [item] = read(archive, day).items
    assert (item.registration_number, item.act, item.title) == (number, "registered", "长江边的石头")
    assert item.owners == ["王**"]
    assert publish(archive) == 0


def test_the_last_hour_of_a_day_is_waited_out() -> None:
    midnight = datetime(2026, 11, 29, 16, tzinfo=UTC)  # 2026-11-30 00:00 in China
    assert model.first_open_day(midnight) == date(2026, 11, 29)
    assert model.first_open_day(midnight + model.SETTLING) == date(2026, 11, 30)


def test_what_is_printed_is_sealed_and_shows_persons_masked(archive: Harness, registered: Any, keys: Path) -> None:
    day = today(archive)
    work, program = registered(), registered("app-9", of=software)
    archive.advance(2)
    publish(archive)
    pdf, text = printed(archive, day)
    for words in (
        work,
        program,
        "长江边的石头",
        "红叶文档管理软件 V2.0",
        "红叶科技有限公司",
        "王**",
        "文字作品",
        "第 1 期",
    ):
        assert words in text, words
    assert "王小明" not in text
    assert verify_certificate_pdf(pdf, [(keys / "pki" / "root.pem").read_bytes()]).problems == []
    with pytest.raises(Problem, match="gazette_unknown"):
        printed(archive, day, 2)


def test_a_change_says_before_and_after_and_the_first_issue_stays_as_it_was(archive: Harness, registered: Any) -> None:
    first, number = today(archive), registered()
    archive.advance(2)
    publish(archive)
    before = {"title": "长江边的石头"}
    archive.deliver(APPLICATION_APPROVED, changed(number, before, {"title": "长江边的石子"}))
    second = today(archive)
    archive.advance(2)
    publish(archive)
    assert [issue.day for issue in issues(archive).items] == [second, first]
    assert read(archive, first).items[0].title == "长江边的石头"
    [item] = read(archive, second).items
    assert (item.act, item.title) == ("changed", "长江边的石子")
    assert [(one.field, one.before, one.after) for one in item.changes] == [("title", "长江边的石头", "长江边的石子")]
    proof = archive.call(CHECK_CERTIFICATE, CheckCertificate(registration_number=number)).changes[0].number
    assert item.number == proof
    assert "名称由“长江边的石头”变更为“长江边的石子”" in printed(archive, second)[1]
    assert (read(archive, second).earlier, read(archive, first).later) == (first, second)


def test_every_act_has_words_and_the_contract_knows_it() -> None:
    acts = {act for _status, act in LEADS_TO}
    assert acts == set(get_args(Act))
    assert {act for act in acts if not model.TEXTS.knows("act", act)} == set()


def test_an_issue_is_read_page_by_page_and_by_what_one_looks_for(archive: Harness, registered: Any) -> None:
    day = today(archive)
    numbers = {registered(f"app-{n}", form={"category": "AF"[n % 2]}) for n in range(5)}
    program = registered("app-9", of=software)
    record(archive, program, "revoked")
    archive.advance(2)
    publish(archive)
    seen, cursor = [], None
    while True:
        page = read(archive, day, limit=2, cursor=cursor)
        seen += [(item.registration_number, item.act) for item in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 7
    assert {number for number, _act in seen} == numbers | {program}
    assert {item.category for item in read(archive, day, category="F").items} == {"F"}
    assert {item.kind for item in read(archive, day, kind="software").items} == {"software"}
    assert [item.registration_number for item in read(archive, day, act="revoked").items] == [program]
    assert read(archive, day).issue.counts == {"registered": 6, "revoked": 1}
    for wrong in ("x", "|", "a|b", "a|-1", "a|99999999999999999999"):
        with pytest.raises(Problem, match="request_invalid"):
            read(archive, day, cursor=wrong)


def test_days_without_a_record_have_no_issue_and_numbers_count_by_year(archive: Harness, registered: Any) -> None:
    days = []
    for n in range(3):
        days.append(today(archive))
        registered(f"app-{n}")
        archive.advance(180)
    publish(archive)
    found = issues(archive).items
    assert [issue.day for issue in found] == days[::-1]
    for year in {day.year for day in days}:
        numbers = [issue.number for issue in found if issue.day.year == year]
        assert numbers == list(range(len(numbers), 0, -1))
        assert [issue.day for issue in issues(archive, year=year).items] == [d for d in days[::-1] if d.year == year]
    first = issues(archive, limit=2)
    rest = issues(archive, limit=2, cursor=first.next_cursor)
    assert [issue.day for issue in (*first.items, *rest.items)] == days[::-1]


@pytest.fixture
def three_volumes(archive: Harness, registered: Any, monkeypatch: pytest.MonkeyPatch) -> date:
    """A day of five records, two to a volume, that is over."""
    monkeypatch.setattr(model, "VOLUME", 2)
    day = today(archive)
    for n in range(5):
        registered(f"app-{n}")
    archive.advance(2)
    return day


def whole(archive: Harness, day: date) -> None:
    """Every record of the day is in one volume, once."""
    with archive.uow() as uow:
        volumes = uow.session.scalars(select(Volume).order_by(Volume.volume)).all()
        assert [(row.volume, row.records) for row in volumes] == [(1, 2), (2, 2), (3, 1)]
        assert uow.session.scalar(select(func.count()).select_from(Issue)) == 1
    text = "".join(printed(archive, day, volume)[1] for volume in (1, 2, 3))
    for item in read(archive, day).items:
        assert text.count(item.registration_number) == 1


@pytest.mark.parametrize("place", ["gazette.opened", "gazette.signed", "gazette.stored", "gazette.kept"])
def test_a_publisher_that_dies_is_followed_by_one_that_goes_on(
    archive: Harness, three_volumes: date, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    class Died(BaseException):
        pass

    def die(name: str) -> None:
        if name == place:
            raise Died

    for _ in range(1 if place == "gazette.opened" else 2):
        with monkeypatch.context() as patch:
            patch.setattr(publishing, "failpoint", die)
            with pytest.raises(Died):
                publish(archive)
        assert issues(archive).items == []
    publish(archive)
    whole(archive, three_volumes)


def test_two_publishers_make_one_issue(archive: Harness, three_volumes: date) -> None:
    def work() -> None:
        publish(archive)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    publish(archive)
    whole(archive, three_volumes)


def test_the_longest_names_fit_the_printed_page(archive: Harness, registered: Callable[..., str]) -> None:
    day = today(archive)
    owners = [
        {"name": "呼伦贝尔市海拉尔区" * 12 + "有限公司", "kind": "organisation", "nationality": "中国"},
        {"name": "𠮷田" * 20, "kind": "natural_person", "nationality": "日本"},
    ]
    registered(form={"title": "长" * 500, "owners": owners})
    registered("app-2", form={"title": "W" * 300})
    archive.advance(2)
    publish(archive)
    pdf, text = printed(archive, day)
    assert text.count("长") >= 500
    assert text.count("W") >= 300
    assert all(float(page.mediabox.width) < 600 for page in PdfReader(io.BytesIO(pdf)).pages)
