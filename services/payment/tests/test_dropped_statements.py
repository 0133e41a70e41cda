"""Statements that are dropped in a folder: taken once they are complete, as if they had been uploaded, each once,
whatever lies there, whoever dies, and however many workers look."""

from __future__ import annotations

import os
import threading
from collections import Counter as Tally
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from chassis.settings import Settings, SettingsError
from contracts.paging import Page
from contracts.statements import GET_STATEMENT, LIST_STATEMENTS, StatementRef, StatementView
from payment.settings import PaymentSettings
from payment.statements import dropped, folder, importing
from payment.statements.folder import QUIET_SECONDS, Claimed, Look, Watched, may_be_complete, shown
from payment.statements.reading import MAX_BYTES
from structlog.testing import capture_logs

from chassis import uow

from .test_statements import CASHIER, account, money, rows, take
from .test_statements import named_csv as csv

__all__ = ["account"]  # pytest takes the fixture from here
pytestmark = [pytest.mark.requirement("P-03"), pytest.mark.requirement("P-04")]

FEE = "300.00"


class Box:
    """The folder, and workers that look into it."""

    def __init__(self, counter: Any, root: Path, patch: pytest.MonkeyPatch) -> None:
        self.counter, self.root = counter, root
        self.now = 0.0
        self._patch = patch
        self.start_anew()

    def start_anew(self) -> None:
        """Another process, which has not looked yet."""
        watched = Watched(self.root, lambda: self.now)
        self._patch.setattr(dropped, "watched", lambda _: watched)
        self._patch.setattr(dropped, "_told", {})

    def drop(self, data: bytes, name: str | bytes = "statement.csv") -> Path:
        path = self.root / os.fsdecode(name)
        path.write_bytes(data)
        return path

    def look(self) -> None:
        dropped.look_into_folder(self.counter.harness.runtime)
        self.now += QUIET_SECONDS

    def watch(self) -> None:
        """As long as it takes for everything that is complete."""
        for _ in range(6):
            self.look()
            while importing.read_next(self.counter.harness.runtime):
                pass

    def names(self, within: str) -> list[str]:
        return sorted(os.listdir(self.root / within))

    def reason(self, within: str) -> str:
        [name] = [name for name in self.names(within) if name.endswith(".reason.txt")]
        return (self.root / within / name).read_text("utf-8")

    def statements(self) -> list[StatementView]:
        return self.counter.harness.call(LIST_STATEMENTS, Page(), CASHIER).items


@pytest.fixture
def box(counter: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Box:
    root = tmp_path / "bank"
    root.mkdir()
    monkeypatch.setenv("REGISTRY_BANK_FOLDER", str(root))
    return Box(counter, root, monkeypatch)


def test_a_dropped_statement_pays_its_order_and_is_put_away_with_words_beside_it(box: Box) -> None:
    order = box.counter.ordered()
    data = csv((FEE, "张三", order.serial_number))
    box.drop(data, "2026-11 招行.csv")
    box.watch()
    assert box.counter.order(order.application_id).state == "paid"
    [found] = box.statements()
    assert (found.uploaded_by, found.file_name, found.state, found.rows) == ("folder", "2026-11 招行.csv", "done", 1)
    kept = f"2026-11 招行.{found.statement_id}.csv"
    assert box.names("taken") == [kept, f"{kept}.reason.txt"]
    assert (box.root / "taken" / kept).read_bytes() == data
    assert found.statement_id in box.reason("taken")
    assert box.names(".") == [".taking", "refused", "taken"]
    assert box.names(".taking") == []
    [actor] = box.counter.harness.as_owner("SELECT actor FROM audit WHERE action = 'statement.take'")
    assert actor == ("folder",)


def test_what_is_still_being_written_is_not_taken(box: Box) -> None:
    order = box.counter.ordered()
    data = csv((FEE, "张三", order.serial_number))
    for end in range(20, len(data), 20):
        box.drop(data[:end])
        box.drop(data, "whole.csv.part")
        box.look()
    assert box.statements() == []
    (box.root / "whole.csv.part").rename(box.root / "whole.csv")
    (box.root / "statement.csv").unlink()
    box.watch()
    assert [one.state for one in box.statements()] == ["done"]
    assert box.counter.order(order.application_id).state == "paid"


def test_what_grows_in_hands_is_read_when_it_stands_still_and_again_when_it_grew_later(box: Box) -> None:
    first, second = box.counter.ordered(), box.counter.ordered()
    head = csv((FEE, "张三", first.serial_number))
    whole = csv((FEE, "张三", first.serial_number), (FEE, "李四", second.serial_number))
    assert whole.startswith(head)
    box.drop(head[:-9])
    box.look()
    box.look()
    [claimed] = box.names(".taking")
    (box.root / ".taking" / claimed).write_bytes(head)
    box.look()
    assert box.statements() == []
    box.look()
    box.look()
    assert [one.state for one in box.statements()] == ["reading"]
    (box.root / ".taking" / claimed).write_bytes(whole)
    box.watch()
    assert sorted((one.rows, one.known) for one in box.statements()) == [(1, 0), (2, 1)]
    assert [box.counter.order(one.application_id).state for one in (first, second)] == ["paid", "paid"]
    assert money(box.counter) == {"clearing_bank": 60_000}


@pytest.mark.parametrize("name", [".x.csv", "~$x.xlsx", "x.part", "x.TMP", "x.csv~", "x.filepart", "x.crdownload"])
def test_hidden_and_temporary_names_are_none_of_ours(name: str) -> None:
    assert not may_be_complete(name)


def test_links_folders_and_pipes_are_left_where_they_are(box: Box, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_bytes(csv((FEE, "张三", box.counter.ordered().serial_number)))
    (box.root / "link.csv").symlink_to(secret)
    os.link(secret, box.root / "second name.csv")
    (box.root / "folder.csv").mkdir()
    os.mkfifo(box.root / "pipe.csv")
    (box.root / "nowhere.csv").symlink_to(tmp_path / "nowhere")
    before = box.names(".")
    box.watch()
    assert [name for name in box.names(".") if name not in (".taking", "refused", "taken")] == before
    assert box.statements() == []


def test_what_is_changed_for_something_else_under_our_hands_is_refused_unread(box: Box, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_bytes(csv((FEE, "张三", box.counter.ordered().serial_number)))
    box.watch()
    taking = box.root / ".taking"
    ids = [f"bst-{number:026d}" for number in range(4)]
    (taking / f"a.{ids[0]}.csv").symlink_to(secret)
    os.link(secret, taking / f"b.{ids[1]}.csv")
    (taking / f"c.{ids[2]}.csv").mkdir()
    os.mkfifo(taking / f"d.{ids[3]}.csv")
    box.watch()
    assert box.statements() == []
    assert box.names(".taking") == []
    refused = [name for name in box.names("refused") if not name.endswith(".reason.txt")]
    assert refused == [f"{letter}.{one}.csv" for letter, one in zip("abcd", ids, strict=True)]
    assert "不是普通文件" in (box.root / "refused" / f"a.{ids[0]}.csv.reason.txt").read_text("utf-8")
    assert secret.exists()


def test_a_folder_of_ours_that_is_a_link_is_not_followed(box: Box, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (box.root / ".taking").symlink_to(elsewhere)
    box.drop(b"x")
    with capture_logs() as told:
        box.watch()
    assert [(one["event"], one["log_level"]) for one in told] == [("bank_folder_unusable", "warning")]
    assert os.listdir(elsewhere) == []
    assert box.names(".") == [".taking", "statement.csv"]


def test_a_folder_that_is_not_there_is_told_once_and_looked_into_again(box: Box) -> None:
    box.root.rmdir()
    with capture_logs() as told:
        box.watch()
    assert [one["event"] for one in told] == ["bank_folder_unusable"]
    box.root.mkdir()
    box.drop(csv((FEE, "张三", "?")))
    box.watch()
    assert [one.state for one in box.statements()] == ["done"]


def test_a_file_that_cannot_be_put_away_keeps_no_other_waiting(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    put_away = Look.put_away

    def full(look: Look, claimed: Claimed, *more: Any) -> None:
        if claimed.file_name == "a.csv":
            raise OSError(28, "No space left on device")
        put_away(look, claimed, *more)

    with monkeypatch.context() as patched, capture_logs() as told:
        patched.setattr(Look, "put_away", full)
        box.drop(csv((FEE, "张三", "?")), "a.csv")
        box.drop(csv((FEE, "李四", "?"), start=1), "b.csv")
        box.watch()
        box.watch()
    assert [one["event"] for one in told if one["log_level"] == "warning"] == ["dropped_statement_stuck"]
    assert len(box.names("taken")) == 2
    box.watch()
    assert (len(box.names("taken")), box.names(".taking")) == (4, [])
    assert len(rows(box.counter)) == 2


def test_what_is_too_large_is_refused_unread(box: Box) -> None:
    with box.drop(b"").open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    box.watch()
    assert box.statements() == []
    assert "50 MB" in box.reason("refused")


def test_what_is_no_statement_is_refused_with_the_reason_in_both_languages(box: Box) -> None:
    box.drop(b"\x00 nothing of a bank's", "letter.pdf")
    box.watch()
    [found] = box.statements()
    assert (found.state, found.problem) == ("refused", "statement_unknown_format")
    chinese, english = box.reason("refused").splitlines()
    assert chinese.startswith(f"letter.pdf：对账单 {found.statement_id} 未被接受")
    assert english.startswith(f"letter.pdf: not taken as statement {found.statement_id}")
    box.drop(b"\x00 nothing of a bank's", "again.pdf")
    box.watch()
    assert len(box.names("refused")) == 4
    assert len(box.statements()) == 1


def test_the_same_file_counts_once_however_it_comes_and_it_is_said(box: Box) -> None:
    order = box.counter.ordered()
    data = csv((FEE, "张三", order.serial_number), ("7.00", "无名氏", "?"))
    sent = take(box.counter, data)
    box.drop(data, "a.csv")
    box.drop(data, "b.csv")
    box.watch()
    assert [one.statement_id for one in box.statements()] == [sent.statement_id]
    said = [(box.root / "taken" / name).read_text("utf-8") for name in box.names("taken") if name.endswith(".txt")]
    assert ["没有重复记账" in one and sent.statement_id in one for one in said] == [True, True]
    assert len(rows(box.counter)) == 2
    assert money(box.counter) == {"clearing_bank": 30_000}


@pytest.mark.parametrize(
    ("name", "file_name"),
    [
        (b"a\nb\x1b[31m.csv", "a b[31m.csv"),
        ("对账单.csv".encode("gbk"), "对账单.csv"),
        (b"\xff\xfe\xff.csv", None),
        (("长" * 83 + ".csv").encode(), None),
        (b"x" * 255, None),
        ("x／..\u2215passwd".encode(), None),
        (b"-rf", "-rf"),
        (b" ", "statement"),
    ],
)
def test_a_name_hurts_nobody(box: Box, name: bytes, file_name: str | None) -> None:
    box.drop(csv((FEE, "张三", "?")), name)
    box.watch()
    [found] = box.statements()
    assert (found.state, found.rows) == ("done", 1)
    assert file_name in (None, found.file_name)
    assert found.file_name.isprintable()
    assert "/" not in found.file_name
    assert len(box.names("taken")) == 2
    assert box.names(".") == [".taking", "refused", "taken"]


def test_names_are_shown_on_one_line() -> None:
    assert shown("a/b\\c\u202e\x00.csv") == "abc.csv"


class Killed(BaseException):
    """Ends a process where it is, past every handler."""


def killed_everywhere(box: Box, patch: pytest.MonkeyPatch) -> set[str]:
    """Workers, each of which dies at a point at which none has died before; the points."""
    deaths = Tally[str]()

    def failpoint(name: str) -> None:
        deaths[name] += 1
        if deaths[name] in (1, 3):
            raise Killed

    with patch.context() as patched:
        for module in (uow, folder, dropped):
            patched.setattr(module, "failpoint", failpoint)
        for _ in range(60):
            try:
                box.look()
            except Killed:
                box.start_anew()
    box.watch()
    return set(deaths)


def two_files(box: Box) -> Callable[[], None]:
    orders = [box.counter.ordered(), box.counter.ordered()]
    files = [csv((FEE, "张三", one.serial_number), start=number) for number, one in enumerate(orders)]
    for number, data in enumerate(files):
        box.drop(data, f"{number}.csv")

    def check() -> None:
        assert [box.counter.order(one.application_id).state for one in orders] == ["paid", "paid"]
        assert money(box.counter) == {"clearing_bank": 60_000}
        assert sorted((one.rows, one.known) for one in box.statements()) == [(1, 0), (1, 0)]
        kept = [name for name in box.names("taken") if not name.endswith(".txt")]
        assert [name[0] for name in kept] == ["0", "1"]
        assert sorted((box.root / "taken" / name).read_bytes() for name in kept) == sorted(files)
        assert len(box.names("taken")) == 4
        assert box.names(".taking") == []
        assert box.names(".") == [".taking", "refused", "taken"]

    return check


@pytest.mark.requirement("S-01")
def test_wherever_a_worker_dies_every_file_counts_once(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    check = two_files(box)
    died = killed_everywhere(box, monkeypatch)
    check()
    assert died == {"folder.claimed", "folder.stored", "uow.before_commit", "uow.after_commit"}


@pytest.mark.requirement("S-01")
def test_between_the_words_and_the_move_too(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    check = two_files(box)
    box.look()
    box.look()
    box.look()
    box.look()
    while importing.read_next(box.counter.harness.runtime):
        pass
    died = killed_everywhere(box, monkeypatch)
    check()
    assert "folder.told" in died


def test_put_away_before_it_is_entered_it_would_be_lost(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(runtime: Any, look: Look, claimed: Claimed) -> None:
        data = look.read(claimed, MAX_BYTES)
        look.put_away(claimed, "taken", "")
        dropped._enter(runtime, claimed, data)

    check = two_files(box)
    monkeypatch.setattr(dropped, "_take", careless)
    killed_everywhere(box, monkeypatch)
    with pytest.raises(AssertionError):
        check()


@pytest.mark.requirement("S-01")
def test_workers_that_look_at_once_take_each_file_once(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    files = 12
    for number in range(files):
        box.drop(csv((FEE, f"付款人{number}", "?"), start=number), f"{number:02d}.csv")
    each = threading.local()
    start = threading.Barrier(3)
    failed: list[BaseException] = []

    def watched(root: Path) -> Watched:
        if not hasattr(each, "watched"):
            each.now, each.watched = 0.0, Watched(root, lambda: each.now)
        return each.watched

    def work() -> None:
        try:
            start.wait()
            for _ in range(8):
                dropped.look_into_folder(box.counter.harness.runtime)
                each.now += QUIET_SECONDS
        except BaseException as error:
            failed.append(error)

    with monkeypatch.context() as patched:
        patched.setattr(dropped, "watched", watched)
        workers = [threading.Thread(target=work) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert failed == []
    box.watch()
    found = box.statements()
    assert sorted(one.file_name for one in found) == [f"{number:02d}.csv" for number in range(files)]
    assert {(one.state, one.rows, one.known) for one in found} == {("done", 1, 0)}
    assert len(box.names("taken")) == 2 * files
    assert box.names(".taking") == []


def test_a_statement_s_own_page_shows_what_the_folder_sent(box: Box) -> None:
    box.drop(csv((FEE, "张三", "?")))
    box.watch()
    [one] = box.statements()
    shown_to = box.counter.harness.call(GET_STATEMENT, StatementRef(statement_id=one.statement_id), CASHIER)
    assert (shown_to.uploaded_by, shown_to.waiting) == ("folder", 1)


def test_without_the_setting_there_is_no_folder_and_half_a_path_is_refused(
    counter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings: Settings = counter.harness.runtime.settings
    assert PaymentSettings.load(settings, {}).bank_folder is None
    with pytest.raises(SettingsError, match="REGISTRY_BANK_FOLDER"):
        PaymentSettings.load(settings, {"REGISTRY_BANK_FOLDER": "statements"})
    monkeypatch.setattr(dropped, "watched", pytest.fail)
    assert dropped.look_into_folder(counter.harness.runtime) is False
