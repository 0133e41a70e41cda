"""Who is served when: nobody's files make others wait for longer than one piece, visitors' least of all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, get_args

import pytest
from chassis.actor import Actor
from chassis.confinement import ConfinementLost
from chassis.errors import Problem
from chassis.testing import anonymous, person
from chassis.testing.confined_deaths import killed_from_outside
from chassis.work import Lane, Rank
from chassis.work import store as queues
from filing import worker as materials
from filing.jobs import handlers as jobs
from filing.jobs.model import JobResult, Kind
from filing.jobs.store import JobRow
from filing.prechecks import handlers
from filing.prechecks.store import PrecheckRow
from materials.precheck import PrecheckResult
from materials.precheck.model import verdict_of

from chassis import worker
from contracts import filing, tools

from .conftest import SAMPLE, Office
from .test_prechecks import pdf
from .test_repairs import checked, photograph

pytestmark = pytest.mark.requirement("F-06")

WANG, OTHER = person("acc-wang"), person("acc-other")


class Engine:
    """Instead of confined processes: keeps the order of what is checked. ``slow`` files take until ``gate`` opens."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.done: list[str] = []
        self.gate = threading.Event()

    def start(self) -> None:
        """Like a pool's."""

    def run_precheck(self, profile: str, path: Any, context: Any, **_: Any) -> PrecheckResult:
        name = context["title"]
        self.begun.append(name)
        if name.startswith("slow"):
            assert self.gate.wait(30)
        self.done.append(name)
        return PrecheckResult(profile, verdict_of(()), {}, ())


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    made = Engine()
    monkeypatch.setattr(handlers, "run_precheck", made.run_precheck)
    monkeypatch.setattr(materials, "shared_pool", lambda: made)
    return made


def ask(office: Office, name: str, actor: Actor | None = None, network: str = "198.51.100.7") -> str:
    """A check of a file by that name."""
    owner = actor.subject if actor else "visitor-1"
    view = office.call(
        tools.CREATE_PRECHECK,
        actor or anonymous(),
        receipt=office.harness.receipt(owner, SAMPLE),
        profile="text_pdf",
        context={"title": name},
        client="" if actor else "visitor-1",
        network=network,
    )
    return str(view.precheck_id)


def one_hand(office: Office, pieces: int | None = None) -> None:
    lane, left = Lane(), pieces
    while left != 0 and handlers.work_off(office.harness.runtime, lane):
        left = left and left - 1


@contextmanager
def working(office: Office) -> Iterator[None]:
    """The materials worker with all its hands."""
    stopping = threading.Event()
    thread = threading.Thread(target=worker.run, args=(materials.WORKER, office.harness.runtime, stopping))
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(30)
    assert not thread.is_alive()


def until(what: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.01)


def too_many(act: Callable[[], object]) -> dict[str, Any]:
    with pytest.raises(Problem) as refused:
        act()
    assert (refused.value.code, refused.value.status) == ("work_too_many", 429)
    return refused.value.params


@pytest.mark.requirement("S-02")
@pytest.mark.parametrize("visitors", [12, 200])
def test_an_applicant_comes_before_all_waiting_visitors(office: Office, engine: Engine, visitors: int) -> None:
    for number in range(visitors):
        ask(office, f"visitor {number}", network=f"198.51.100.{number % 20}")
    one_hand(office, 1)
    ask(office, "applicant", WANG)
    ask(office, "signed in", OTHER)
    one_hand(office, 3)
    assert engine.done[1:3] == ["applicant", "signed in"]


@pytest.mark.requirement("S-02")
def test_visitors_never_have_all_hands_however_many_and_slow_their_files_are(office: Office, engine: Engine) -> None:
    for number in range(24):
        ask(office, f"slow {number}", network=f"198.51.100.{number % 8}")
    with working(office):
        until(lambda: len(engine.begun) == materials.EVERYBODY.hands)
        for number in range(6):
            ask(office, f"mine {number}", WANG)
        until(lambda: len(engine.done) == 6)
        assert engine.done == [f"mine {number}" for number in range(6)]
        assert sum(name.startswith("slow") for name in engine.begun) == materials.EVERYBODY.hands
        engine.gate.set()
        until(lambda: len(engine.done) == 30)


@pytest.mark.requirement("S-02")
def test_the_only_file_of_a_sender_waits_for_one_of_anothers_fifty(office: Office, engine: Engine) -> None:
    for number in range(50):
        ask(office, f"many {number}", WANG)
    office.verify(OTHER, "李红")
    one_hand(office, 3)
    ask(office, "only one", OTHER)
    one_hand(office)
    assert engine.done[:3] == ["many 0", "many 1", "many 2"]
    assert engine.done.index("only one") <= 4
    assert [name for name in engine.done if name != "only one"] == [f"many {number}" for number in range(50)]


@pytest.mark.requirement("S-02")
def test_pieces_sent_at_the_same_moment_do_not_share_a_turn(office: Office, engine: Engine) -> None:
    """Else whoever sends side by side would have as many before everybody else."""
    threads = [threading.Thread(target=ask, args=(office, f"many {number}", WANG)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    turns = [turn for (turn,) in office.harness.as_owner("SELECT turn FROM prechecks")]
    assert len(turns) == len(set(turns)) == 12


@pytest.mark.requirement("S-02")
def test_slow_work_of_one_sender_leaves_a_hand_for_the_next(office: Office, engine: Engine) -> None:
    """Checks and jobs count together: they take the same hands."""
    for number in range(10):
        ask(office, f"slow {number}", WANG)
    began = threading.Semaphore(0)

    def slow_job(*_: Any) -> JobResult:
        began.release()
        assert engine.gate.wait(30)
        return JobResult()

    with pytest.MonkeyPatch.context() as patch, working(office):
        patch.setattr(materials, "KINDS", {"repair": slow_job, "deposit": slow_job})
        until(lambda: len(engine.begun) == 2)
        with office.harness.uow(WANG) as uow:
            for _ in range(4):
                jobs.queue_job(uow, "repair", WANG.subject, queues.Sender(Rank.OFFICE, WANG.subject), {})
        ask(office, "quick", OTHER)
        until(lambda: "quick" in engine.done)
        ask(office, "quick again", OTHER)
        until(lambda: "quick again" in engine.done)
        assert not began.acquire(blocking=False), "a third hand for the same sender"
        assert len(engine.begun) == 4
        engine.gate.set()
        until(lambda: not office.harness.as_owner("SELECT 1 FROM prechecks WHERE state = 'running'"))
        until(lambda: not office.harness.as_owner("SELECT 1 FROM jobs WHERE state = 'running'"))


@pytest.mark.requirement("S-02")
def test_whoever_has_waited_too_long_is_served_while_others_keep_coming(office: Office, engine: Engine) -> None:
    ask(office, "visitor")
    ask(office, "first", OTHER)
    ask(office, "second", OTHER)
    office.harness.as_owner("UPDATE prechecks SET queued_at = now() - interval '3 minutes'")
    lane = Lane()
    for number in range(6 * Lane.SHARE):
        for sender in (number, number + 1000):
            ask(office, f"newcomer {sender}", person(f"acc-{sender}"))
        assert handlers.work_off(office.harness.runtime, lane)
    old = [name for name in engine.done if not name.startswith("newcomer")]
    assert sorted(old) == ["first", "second", "visitor"]


def test_what_one_sender_may_have_waiting_is_bounded(office: Office, engine: Engine) -> None:
    most = PrecheckRow.TERMS.most[Rank.VISITOR]
    for number in range(most):
        ask(office, f"visitor {number}")
    params = too_many(lambda: ask(office, "one more"))
    assert params["limit"] == most
    assert params["seconds"] > 0
    ask(office, "somebody else's", network="2001:db8::/64")
    ask(office, "an applicant's", WANG)
    one_hand(office, 3)
    ask(office, "one more")
    waiting = office.harness.as_owner("SELECT count(*) FROM prechecks WHERE state = 'running'")
    assert waiting == [(most,)]


def test_repairs_and_deposits_have_a_bound_of_their_own(office: Office) -> None:
    check = checked(office, photograph(), "artwork_image", "长江.jpg")
    request = {"precheck_id": check.precheck_id, "fix": ["image_has_position"], "network": "198.51.100.7"}
    for _ in range(JobRow.TERMS.most[Rank.VISITOR]):
        office.call(tools.CREATE_REPAIR, anonymous(), **request)
    too_many(lambda: office.call(tools.CREATE_REPAIR, anonymous(), **request))
    receipt = office.harness.receipt("visitor-1", SAMPLE)
    deposit = {"title": "甲", "version": "V1.0", "source": [receipt], "client": "visitor-1", "network": "198.51.100.7"}
    too_many(lambda: office.call(tools.CREATE_DEPOSIT, anonymous(), **deposit))


def test_a_visitors_check_that_nobody_asks_for_any_more_is_not_made(office: Office, engine: Engine) -> None:
    forgotten, awaited, account = ask(office, "forgotten"), ask(office, "awaited"), ask(office, "account", WANG)
    office.harness.as_owner("UPDATE prechecks SET wanted_until = now() + interval '1 second'")
    office.harness.as_owner("UPDATE prechecks SET wanted_until = NULL WHERE rank < 2")
    assert office.call(tools.GET_PRECHECK, anonymous(), precheck_id=awaited).state == "running"
    office.harness.as_owner("UPDATE prechecks SET wanted_until = wanted_until - interval '1 minute'")
    one_hand(office)
    assert engine.done == ["account", "awaited"]
    assert office.harness.sweep("drop_unwanted_checks") == 1
    dropped = office.call(tools.GET_PRECHECK, anonymous(), precheck_id=forgotten, language="en")
    assert (dropped.state, dropped.verdict, dropped.findings[0].code) == ("done", "uncertain", "check_abandoned")
    assert "nobody was waiting" in dropped.findings[0].message
    assert office.call(tools.GET_PRECHECK, WANG, precheck_id=account).verdict == "pass"


def test_looking_at_a_check_is_written_down_only_now_and_then(office: Office, engine: Engine) -> None:
    queued = ask(office, "awaited")
    seen = "SELECT wanted_until, xmin::text FROM prechecks"
    before = office.harness.as_owner(seen)
    office.call(tools.GET_PRECHECK, anonymous(), precheck_id=queued)
    assert office.harness.as_owner(seen) == before
    office.harness.as_owner("UPDATE prechecks SET wanted_until = now() + interval '2 minutes'")
    office.call(tools.GET_PRECHECK, anonymous(), precheck_id=queued)
    assert office.harness.as_owner("SELECT wanted_until > now() + interval '4 minutes' FROM prechecks") == [(True,)]


@pytest.mark.requirement("I-12")
def test_a_visitors_job_that_nobody_asks_for_any_more_is_dropped_with_its_password(office: Office) -> None:
    check = checked(office, photograph(), "artwork_image", "长江.jpg")
    request = {"precheck_id": check.precheck_id, "fix": ["image_has_position"], "options": {"password": "Secret-1"}}
    asked = office.call(tools.CREATE_REPAIR, anonymous(), **request)
    office.harness.as_owner("UPDATE jobs SET wanted_until = now() - interval '1 second'")
    assert not materials.do_job(office.harness.runtime)
    assert office.harness.sweep("drop_unwanted_jobs") == 1
    view = office.call(tools.GET_JOB, anonymous(), job_id=asked.job_id, language="en")
    assert (view.state, view.refusal.code) == ("failed", "work_abandoned")
    assert "Secret-1" not in str(office.harness.as_owner("SELECT params, result FROM jobs"))


@pytest.mark.requirement("F-04")
def test_the_check_of_a_material_that_was_taken_out_is_not_made(office: Office, engine: Engine) -> None:
    application_id = office.draft().application_id
    material = office.attach(application_id)
    office.call(
        filing.REMOVE_MATERIAL, office.applicant, application_id=application_id, material_id=material.material_id
    )
    one_hand(office)
    assert engine.done == []
    assert office.harness.as_owner("SELECT state FROM prechecks") == [("done",)]


def test_a_file_that_is_no_longer_there_is_said_to_be_gone(office: Office, engine: Engine) -> None:
    queued = ask(office, "gone")
    [(sha256,)] = office.harness.as_owner("SELECT sha256 FROM prechecks")
    office.harness.runtime.objects.delete(sha256)
    one_hand(office)
    done = office.call(tools.GET_PRECHECK, anonymous(), precheck_id=queued)
    assert (done.verdict, [finding.code for finding in done.findings]) == ("fail", ["file_gone"])


@pytest.mark.requirement("S-01")
def test_a_check_whose_sandbox_is_killed_once_is_made_on_another(office: Office) -> None:
    queued = office.call(
        tools.CREATE_PRECHECK,
        WANG,
        receipt=office.harness.receipt("acc-wang", pdf(2)),
        profile="text_pdf",
    )
    with killed_from_outside(times=1) as died:
        assert handlers.work_off(office.harness.runtime)
    assert len(died) == 1
    done = office.call(tools.GET_PRECHECK, WANG, precheck_id=queued.precheck_id)
    assert (done.state, done.facts["pdf"]["pages"]) == ("done", 2)
    assert not {finding.code for finding in done.findings} & {"reader_crashed", "not_checked"}


@pytest.mark.requirement("S-01")
def test_a_check_whose_confined_processes_are_killed_again_and_again_says_that_it_is_our_fault(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a person looks: it keeps nobody from filing, unlike a damaged file."""
    application_id = office.draft().application_id
    office.attach(application_id, data=pdf(2))
    runtime = office.harness.runtime
    monkeypatch.setenv("REGISTRY_CLAMD", "")
    with killed_from_outside():
        for attempt in range(1, PrecheckRow.TERMS.attempts + 1):
            with pytest.raises(ConfinementLost):
                handlers.work_off(runtime)
            assert office.harness.as_owner("SELECT state, attempts FROM prechecks") == [("running", attempt)]
            assert not handlers.work_off(runtime), "it is not tried again at once"
            office.harness.as_owner("UPDATE prechecks SET leased_until = now()")
        assert handlers.work_off(runtime)
    check = office.view(application_id).materials[0].precheck
    assert (check.verdict, [finding.code for finding in check.findings]) == ("uncertain", ["not_checked"])
    assert "不是文件的问题" in check.findings[0].message
    assert office.prepare(application_id)


@pytest.mark.requirement("S-01")
def test_what_could_not_be_checked_is_scanned_before_anybody_opens_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGISTRY_CLAMD", "127.0.0.1:1")
    office.attach(office.draft().application_id, data=pdf(2))
    office.harness.as_owner("UPDATE prechecks SET attempts = 3")
    assert handlers.work_off(office.harness.runtime)
    assert office.harness.as_owner("SELECT scan_due IS NOT NULL FROM prechecks") == [(True,)]


@pytest.mark.requirement("S-01")
def test_a_repair_whose_sandbox_is_killed_is_tried_again_and_then_given_up_without_blame(office: Office) -> None:
    check = checked(office, photograph(), "artwork_image", "长江.jpg")
    request = {"precheck_id": check.precheck_id, "fix": ["image_has_position"]}
    first, second = (office.call(tools.CREATE_REPAIR, anonymous(), **request) for _ in range(2))
    with killed_from_outside(times=1):
        assert materials.do_job(office.harness.runtime)
    assert office.call(tools.GET_JOB, anonymous(), job_id=first.job_id).state == "done"
    with killed_from_outside():
        for _ in range(JobRow.TERMS.attempts):
            with pytest.raises(ConfinementLost):
                materials.do_job(office.harness.runtime)
            office.harness.as_owner("UPDATE jobs SET leased_until = now() WHERE state = 'running'")
        assert materials.do_job(office.harness.runtime)
    failed = office.call(tools.GET_JOB, anonymous(), job_id=second.job_id)
    assert (failed.state, failed.refusal.code) == ("failed", "work_not_done")
    assert "不是文件的问题" in failed.refusal.message


@pytest.mark.requirement("S-01")
def test_the_work_of_a_worker_that_was_killed_is_taken_over_and_its_attempt_counted(office: Office) -> None:
    queued = ask(office, "a sample")
    settings = office.harness.runtime.settings
    environment = os.environ | {
        "REGISTRY_SERVICE": "filing",
        "REGISTRY_PROFILE": "sandbox",
        "REGISTRY_DATABASE_URL": settings.database_url,
        "REGISTRY_AMQP_URL": settings.amqp_url,
        "OBJECT_STORE_URL": settings.object_store_url,
        "REGISTRY_KEYS_DIR": str(settings.keys_dir),
        "REGISTRY_FAILPOINT": "work.claimed",
    }
    killed = subprocess.run([sys.executable, "-m", "chassis.worker", "filing"], env=environment, timeout=60)
    assert killed.returncode == 137
    state = "SELECT state, attempts, leased_until > now() FROM prechecks"
    assert office.harness.as_owner(state) == [("running", 1, True)]
    assert not handlers.work_off(office.harness.runtime), "the killed worker's lease still holds"
    office.harness.as_owner("UPDATE prechecks SET leased_until = now()")
    assert handlers.work_off(office.harness.runtime)
    assert office.call(tools.GET_PRECHECK, anonymous(), precheck_id=queued).state == "done"
    assert office.harness.as_owner("SELECT attempts FROM prechecks") == [(2,)]


@pytest.mark.requirement("S-01")
def test_a_hand_that_was_taken_for_dead_neither_renews_nor_gives_back_what_is_anothers(office: Office) -> None:
    ask(office, "a sample")
    runtime = office.harness.runtime
    slow = queues.claim(runtime.ask, PrecheckRow, Rank.VISITOR)
    office.harness.as_owner("UPDATE prechecks SET leased_until = now()")
    other = queues.claim(runtime.ask, PrecheckRow, Rank.VISITOR)
    assert slow is not None
    assert other is not None
    seen = "SELECT lease, leased_until, attempts, progress FROM prechecks"
    before = office.harness.as_owner(seen)
    queues.renew(runtime.ask, slow)
    queues.give_back(runtime.ask, slow, counted=False)
    queues.tell_progress(runtime.ask, slow, 0.5)
    assert office.harness.as_owner(seen) == before
    queues.give_back(runtime.ask, other, counted=False)
    assert office.harness.as_owner("SELECT lease, attempts FROM prechecks") == [(None, 1)]


def plan_of(office: Office, lowest: Rank, favoured: Rank | None) -> list[dict[str, Any]]:
    """Nodes of the plan of a claim, as it ran."""
    statements: list[tuple[Any, Any]] = []

    def keep(statement: Any, parameters: Any) -> list[Any]:
        statements.append((statement, parameters))
        return []

    assert queues.claim(keep, PrecheckRow, lowest, ["acc-0"], favoured=favoured) is None
    [(statement, parameters)] = statements
    rows = office.harness.runtime.ask(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
    nodes, left = [], [rows[0][0][0]["Plan"]]
    while left:
        node = left.pop()
        nodes.append(node)
        left += node.get("Plans", [])
    return nodes


@pytest.mark.requirement("S-02")
def test_a_claim_among_a_hundred_thousand_is_one_statement_over_an_index(office: Office) -> None:
    """Most of them are visitors', and older than all others: who does not serve them does not read them either."""
    office.harness.as_owner(
        """INSERT INTO prechecks (id, rank, party, turn, queued_at, account_id, profile, sha256, size, file_name,
                                  context, state, facts, findings)
           SELECT 'pre-' || n, CASE WHEN n < 90000 THEN 2 ELSE mod(n, 2) END, 'acc-' || mod(n, 1000), n / 1000,
                  now() - interval '1 hour' + n * interval '1 ms', '', 'text_pdf', '', 1, '',
                  '{}', 'running', '{}', '[]' FROM generate_series(0, 99999) n"""
    )
    office.harness.as_owner("ANALYZE prechecks")
    claims = [
        (lowest, favoured) for lowest in Rank for favoured in (None, *Rank) if favoured is None or favoured <= lowest
    ]
    for lowest, favoured in claims:
        nodes = plan_of(office, lowest, favoured)
        used = {node["Index Name"] for node in nodes if node["Actual Loops"] and "Index Name" in node}
        index = "ix_prechecks_turn" if favoured is None else "ix_prechecks_waiting"
        assert used == {index, "pk_prechecks"}, json.dumps(nodes)
        assert not {node["Node Type"] for node in nodes} & {"Seq Scan", "Sort"}
        assert max(node["Actual Rows"] + node.get("Rows Removed by Filter", 0) for node in nodes) < 50
    assert office.harness.as_owner("SELECT count(*) FROM prechecks WHERE lease IS NOT NULL") == [(len(claims),)]


def test_every_kind_of_job_is_done_by_something() -> None:
    assert set(materials.KINDS) == set(get_args(Kind))
