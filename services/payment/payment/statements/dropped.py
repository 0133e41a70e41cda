"""Statements that are dropped in a folder: each is taken as if it had been uploaded, and put away when it was read.

Nothing is counted before a file is in hands (``folder``), and none leaves them before its statement is in the database.
"""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path

from chassis.actor import Actor
from chassis.catalogues import LANGUAGES, Texts, beside
from chassis.failpoints import failpoint
from chassis.objects import StoreUnavailable
from chassis.runtime import Runtime
from chassis.telemetry import logger

from payment.settings import payment_settings
from payment.statements import store
from payment.statements.folder import Claimed, Gone, Look, Unfit, Watched
from payment.statements.handlers import enter_statement
from payment.statements.reading import MAX_BYTES
from payment.statements.store import BankStatement

FOLDER = Actor("folder", "service")
"""Who sends what is dropped, in audit log and lists."""
TOLD_EVERY = 600.0
"""Seconds until the same trouble is told again."""
_TEXTS = Texts(beside(__package__))
_log = logger("payment.statements")
_told: dict[str, tuple[str, float]] = {}


@cache
def watched(root: Path) -> Watched:
    """The folder of this process."""
    return Watched(root)


def look_into_folder(runtime: Runtime) -> bool:
    """Takes what is complete, and puts away what was read. Says that there is no more to do: the next look is later."""
    root = payment_settings(runtime.settings).bank_folder
    if root is None:
        return False
    try:
        with watched(root).look() as look:
            for claimed in look.claimed():
                _go_on(runtime, look, claimed)
    except StoreUnavailable:
        raise
    except OSError as error:
        if _is_news("", error):
            _log.warning("bank_folder_unusable", folder=str(root), error=str(error))
    else:
        _told.pop("", None)
    return False


def _go_on(runtime: Runtime, look: Look, claimed: Claimed) -> None:
    """One file that nobody can have keeps no other waiting."""
    try:
        _take(runtime, look, claimed)
    except StoreUnavailable:
        raise
    except OSError as error:
        if _is_news(claimed.place, error):
            _log.warning("dropped_statement_stuck", file=claimed.place, error=str(error))
        return
    except Gone:
        pass
    _told.pop(claimed.place, None)


def _take(runtime: Runtime, look: Look, claimed: Claimed) -> None:
    with runtime.unit_of_work(FOLDER) as uow:
        found = store.find_statement(uow.session, claimed.statement_id)
    if found is None:
        try:
            found = _enter(runtime, claimed, look.read(claimed, MAX_BYTES))
        except Unfit as unfit:
            look.put_away(claimed, "refused", _words(unfit.code, claimed))
            return
    elif look.size(claimed) != found.size:
        look.claim_again(claimed)
        return
    again = found.statement_id != claimed.statement_id
    if found.state == "refused":
        look.put_away(claimed, "refused", _words(found.problem, claimed, found))
    elif again or found.state == "done":
        look.put_away(claimed, "taken", _words("again" if again else "done", claimed, found))


def _enter(runtime: Runtime, claimed: Claimed, data: bytes) -> BankStatement:
    ref = runtime.objects.put_bytes(data)
    failpoint("folder.stored")
    with runtime.unit_of_work(FOLDER) as uow:
        return enter_statement(ref, claimed.file_name, uow, claimed.statement_id)


def _words(code: str, claimed: Claimed, found: BankStatement | None = None) -> str:
    """What became of a file, in both languages."""
    about = {
        "file": claimed.file_name,
        "statement": found.statement_id if found else "",
        "line": str(found.problem_line) if found and found.problem_line else "–",
        "at": f"{found.uploaded_at:%Y-%m-%d %H:%M} UTC" if found else "",
    }
    return "".join(f"{_TEXTS.say('dropped', code, language, about)}\n" for language in LANGUAGES)


def _is_news(place: str, error: OSError) -> bool:
    """Whether a trouble was not told in the last minutes."""
    said, now = str(error), time.monotonic()
    before = _told.get(place)
    if before and before[0] == said and now - before[1] < TOLD_EVERY:
        return False
    _told[place] = said, now
    return True
