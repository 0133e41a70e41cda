"""Getting an account back: what is asked for, the office's list, the objection of who holds the account."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from contracts.base import ACCOUNT, ANONYMOUS, Client, Empty, Identifier, Model, RpcMethod, Token, staff
from contracts.identity.accounts import AccountKind, Language, VerificationState
from contracts.identity.recovery_pictures import RecoveryPhoto
from contracts.paging import Page, QueueTotals
from contracts.text import Compact, Email, Mobile, Name, OneTimeCode, Paragraphs

_S = "identity"
_OFFICE = staff("customer_service")


LostAccess = Literal["mobile", "email", "password", "account_name"]


RecoveryState = Literal["open", "proposed", "waiting", "refused", "advised", "objected", "done", "failed", "returned"]
"""*advised*: to sign up anew; whoever has done so asks for the cases of the old account, and it is *open* again.
*returned*: it was in effect, and was put back."""


SaidPart = Literal["name", "id_number"]
Said = Literal["same", "different", "unknown"]
"""*unknown*: the account has nothing to compare with."""
ComparisonGap = Literal["not_compared", "different"]
"""What keeps an address from being changed: name or number was not compared, or was not the account's."""
RecoveryOutcome = Literal["mobile_changed", "email_changed", "reregistration", "cases_moved", "refused"]


Agreement = Literal["same", "different", "missing"]
"""Whether two accounts were verified for the same ID document or organisation code; *missing*: one was not verified."""


RefusalReason = Literal["not_proven", "incomplete"]
"""Why nothing is changed. There are no free words in it: whoever asked may be a stranger."""


class SubmitRecovery(
    Model,
    secret=("otp",),
    personal=("mobile", "email", "note"),
    added=("client", "browser", "language", "uploaded_by"),
):
    """A certificate, acceptance or serial number, and where the person can be reached now: one of the two addresses,
    to which the code was sent (purpose *recover*). ``lost``: what does not work any more. ``photo``: receipt of a
    photograph of the ID card, or of the person with it, sealed for identity; ``uploaded_by``: the anonymous session in
    which it was uploaded."""

    number: Annotated[str, Compact(60)]
    mobile: Annotated[str, Mobile(30)] | None = None
    email: Annotated[str, Email(200)] | None = None
    otp: Annotated[str, OneTimeCode(20)]
    lost: list[LostAccess] = Field(default=[], max_length=4)
    note: Annotated[str, Paragraphs(1000)] = ""
    photo: Token | None = None
    uploaded_by: Client = ""
    language: Language = "zh"
    client: Client = ""
    browser: Client = ""


class RecoveryReceipt(Model):
    """The same answer to everybody, but for its number."""

    receipt: str
    due_on: date = Field(description="customer service answers until then")


class FollowRecovery(Model, secret=("otp",), personal=("mobile", "email"), added=("client", "browser")):
    """With a new code to the address that was given."""

    receipt: Annotated[str, Compact(40)]
    mobile: Annotated[str, Mobile(30)] | None = None
    email: Annotated[str, Email(200)] | None = None
    otp: Annotated[str, OneTimeCode(20)]
    client: Client = ""
    browser: Client = ""


class RecoveryProgress(Model):
    receipt: str
    state: Literal["open", "waiting", "refused", "advised", "objected", "done", "failed", "returned"]
    submitted_at: datetime
    due_on: date
    reason: RefusalReason | None = None
    waits_until: date | None = Field(default=None, description="objections are heard to the end of this day")


class ObjectToRecovery(Model, secret=("code",)):
    """The code of the message that announced the change."""

    receipt: Annotated[str, Compact(40)]
    code: Annotated[str, OneTimeCode(20)]


class ObjectionHeard(Model):
    """*objected*: it was stopped before it took effect; *returned*: cases that had been moved go back."""

    state: Literal["objected", "returned"] = "objected"


class AskForCases(Model, secret=("code",)):
    """Receipt and code of the advice to sign up anew, by the account that was made and verified since."""

    receipt: Annotated[str, Compact(40)]
    code: Annotated[str, OneTimeCode(20)]


class RecoveryAccount(Model, personal=("name", "mobile", "email", "id_number")):
    """The account behind the number, as customer service sees it: all of it masked. ``waiting``: one of the old system
    that nobody has come for; ``account_id`` is its record then, and the rest what the old system had, of an
    organisation its code. ``elsewhere``: what its records of the old system have besides: its holder is warned there,
    too."""

    account_id: str
    kind: AccountKind
    name: str
    mobile: str
    email: str | None = None
    id_number: str | None = None
    verification: VerificationState
    created_at: datetime | None = Field(default=None, description="None: an old account that did not come with a day")
    waiting: bool = False
    elsewhere: list[str] = Field(default=[], description="addresses, masked")


class OtherRecovery(Model, personal=("contact",)):
    """Another request, for the same account (or, where nobody has the number, the same number) or by the same address.
    ``contact``: masked. ``objected_at``: when the account's holder objected; ``stopped``: the office stopped it."""

    recovery_id: str
    receipt: str
    number: str
    contact: str
    contact_kind: Literal["mobile", "email"]
    same_account: bool
    same_contact: bool
    state: RecoveryState
    outcome: RecoveryOutcome | None = None
    reason: RefusalReason | None = None
    submitted_at: datetime
    ended_at: datetime | None = None
    objected_at: datetime | None = None
    stopped: bool = False


class RecoveryView(
    Model,
    personal=(
        "contact",
        "note",
        "checked",
        "despite",
        "despite_confirmed",
        "proposed_by",
        "confirmed_by",
        "stopped_by",
        "stopped_why",
        "return_asked_by",
        "return_agreed_by",
        "return_why",
    ),
):
    """One piece of the office's list. ``mine``: claimed by the caller; ``may_confirm``: proposed by somebody else.
    ``said``: how what was said compares with the account, as far as it was asked; ``checked``: how identity was
    checked, in the words of who proposed. ``despite``, ``despite_confirmed``: why each of both still grants what was
    objected to before. ``others``: for who works on it; what was objected to stands first. People of the office are
    told by name."""

    recovery_id: str
    receipt: str
    number: str
    channel: Literal["web", "wechat"]
    contact: str
    contact_kind: Literal["mobile", "email"]
    lost: list[str]
    note: str
    state: RecoveryState
    outcome: RecoveryOutcome | None = None
    reason: RefusalReason | None = None
    submitted_at: datetime
    due_on: date
    overdue: bool = False
    claimed: bool = False
    mine: bool = False
    may_confirm: bool = False
    waits_until: date | None = None
    ended_at: datetime | None = None
    said: dict[SaidPart, Said] = {}
    compared: int = Field(default=0, description="how often what was said was compared, five times at most")
    disagreed: int = Field(default=0, description="how often something of it did not agree")
    gap: ComparisonGap | None = Field(default=None, description="of the comparison; no address can be changed with it")
    checked: str = ""
    proposed_by: str | None = None
    confirmed_by: str | None = None
    may_stop: bool = Field(default=False, description="it waits for objections, and one person can stop it")
    stopped_by: str | None = Field(default=None, description="who of the office stopped it; None: an objection did")
    stopped_why: str = ""
    account: RecoveryAccount | None = Field(default=None, description="for who works on it; none: no such number")
    new_account: RecoveryAccount | None = Field(default=None, description="that asks for the cases, likewise")
    agreement: Agreement | None = Field(default=None, description="of the two accounts' verified identities")
    used: bool = Field(default=False, description="something was done with the moved cases")
    return_until: date | None = Field(default=None, description="last day on which the office can put it back")
    may_return: bool = Field(default=False, description="the caller can ask for that, or agree to it")
    return_asked: bool = Field(default=False, description="a colleague wants to put it back")
    return_asked_by: str | None = Field(default=None, description="name of who wanted to put it back")
    return_asked_at: datetime | None = None
    return_why: str = ""
    return_agreed_by: str | None = Field(default=None, description="name of who agreed; None: by an objection alone")
    photo: RecoveryPhoto | None = Field(default=None, description="for who works on it, while it is kept")
    objected_at: datetime | None = Field(
        default=None, description="when the account's holder objected, in time or late"
    )
    objections: int = Field(default=0, description="earlier requests for the account that were objected to or stopped")
    objected_last: datetime | None = Field(default=None, description="when the last of them was")
    grants_from: date | None = Field(default=None, description="nothing is granted before this day: it was objected to")
    open_others: int = Field(default=0, description="other requests for the same account or number under way")
    contact_others: int = Field(default=0, description="other accounts or numbers that the same address asked for")
    despite: str = ""
    despite_confirmed: str = ""
    others: list[OtherRecovery] = []


class RecoveryRef(Model):
    recovery_id: Identifier


class ListRecoveries(Page):
    """*waiting*: granted, open to objections."""

    state: RecoveryState = "open"


class RecoveryList(Model):
    items: list[RecoveryView]
    next_cursor: str | None = None
    counts: dict[str, int] = Field(default={}, description="of what is under way, by state")


class DecideRecovery(Model, personal=("said_name", "said_id_number", "checked", "despite")):
    """*compare* what was said on the telephone (``said_name``, ``said_id_number``) with the account, of what one has
    claimed; *propose* an outcome with what was asked and answered (``checked``); *confirm* what a colleague proposed,
    or give it *back*. Where an earlier request for the account was objected to, both say why they grant this one
    ``despite`` that. *stop* what waits for objections: by one, who says ``why``. *put_back* what has taken effect:
    asked for by one, who says ``why``, done when a colleague says the same."""

    recovery_id: Identifier
    step: Literal["compare", "propose", "confirm", "back", "stop", "put_back"]
    said_name: Annotated[str, Name(140)] | None = None
    said_id_number: Annotated[str, Compact(40)] | None = None
    checked: Annotated[str, Paragraphs(1000)] = ""
    despite: Annotated[str, Paragraphs(1000)] = ""
    outcome: RecoveryOutcome | None = None
    reason: RefusalReason | None = None
    why: Annotated[str, Paragraphs(500)] = ""


SUBMIT_RECOVERY = RpcMethod(_S, "submit_recovery", SubmitRecovery, RecoveryReceipt, ANONYMOUS, "command")


FOLLOW_RECOVERY = RpcMethod(
    _S, "follow_recovery", FollowRecovery, RecoveryProgress, ANONYMOUS, "command", keep_reply=False
)


OBJECT_TO_RECOVERY = RpcMethod(
    _S, "object_to_recovery", ObjectToRecovery, ObjectionHeard, ANONYMOUS, "command", keep_reply=False
)


ASK_FOR_CASES = RpcMethod(_S, "ask_for_cases", AskForCases, RecoveryReceipt, ACCOUNT, "command")


LIST_RECOVERIES = RpcMethod(_S, "list_recoveries", ListRecoveries, RecoveryList, _OFFICE)


TOTAL_RECOVERIES = RpcMethod(_S, "total_recoveries", Empty, QueueTotals, _OFFICE)


GET_RECOVERY = RpcMethod(_S, "get_recovery", RecoveryRef, RecoveryView, _OFFICE)


CLAIM_RECOVERY = RpcMethod(_S, "claim_recovery", RecoveryRef, RecoveryView, _OFFICE, "command")


DECIDE_RECOVERY = RpcMethod(_S, "decide_recovery", DecideRecovery, RecoveryView, _OFFICE, "command")
