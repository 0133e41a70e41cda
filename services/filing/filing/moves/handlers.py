"""The cases of an account that its owner could not get back go to their new account (I-09), some at a time."""

from __future__ import annotations

from chassis.uow import UnitOfWork
from contracts.filing import APPLICATION_MOVED, ApplicationMoved
from contracts.identity import AccountCasesMoved, AccountCasesReturned

from filing.moves import store
from filing.moves.model import AFTER, AT_ONCE
from filing.moves.store import Move


def note_moved(moved: AccountCasesMoved, uow: UnitOfWork) -> None:
    """The move is under way from now on; one that was undone before we heard of it stays undone."""
    if store.lock_move(uow.session, moved.move_id) is not None:
        return
    move = Move(
        move_id=moved.move_id,
        from_account_id=moved.from_account_id,
        to_account_id=moved.account_id,
        state="moving",
        said_at=moved.moved_at,
    )
    uow.session.add(move)


def note_returned(returned: AccountCasesReturned, uow: UnitOfWork) -> None:
    """What the move brought goes back, also what it had not all brought yet."""
    move = store.lock_move(uow.session, returned.move_id)
    if move is None:
        move = Move(
            move_id=returned.move_id,
            from_account_id=returned.account_id,
            to_account_id=returned.from_account_id,
            state="returned",
            said_at=returned.returned_at,
        )
        uow.session.add(move)
    elif move.state in ("moving", "moved"):
        move.state, move.said_at = "returning", returned.returned_at


def carry_on(uow: UnitOfWork) -> int:
    """Sweeper: some cases of one move. Who dies has moved none of them, or all of them and said so.

    Of drafts nothing is said: nobody else knows of them.
    """
    move = store.next_under_way(uow.session)
    if move is None:
        return 0
    back = move.state == "returning"
    cases = store.take_along(uow.session, move, AT_ONCE)
    holder = move.from_account_id if back else move.to_account_id
    for case in cases:
        uow.audit("application.move", subject=case.case_id, account_id=holder, move_id=move.move_id, back=back)
        if case.state != "draft":
            moved = ApplicationMoved(application_id=case.case_id, account_id=holder, moved_at=uow.now())
            uow.emit(APPLICATION_MOVED, moved)
    if len(cases) < AT_ONCE:
        move.state = AFTER[move.state]
    return max(len(cases), 1)
