"""旧系统账号: accounts of the old system that are joined to one here by their password, and parted again; what they had
there, and what they lack here."""

from __future__ import annotations

from typing import Annotated

from contracts.archive import LIST_LEGACY_REGISTRATIONS, OPEN_LEGACY_PAPER, LegacyRegistrationList
from contracts.base import ACCOUNT, Empty
from contracts.identity import (
    COMPLETE_ACCOUNT,
    LINK_LEGACY_ACCOUNT,
    LIST_LEGACY_LINKS,
    UNDO_LEGACY_LINK,
    AccountView,
    CompleteAccount,
    IdType,
    LegacyLinkRef,
    LegacyLinks,
    LegacyLinkView,
    LinkLegacyAccount,
)
from contracts.legacy.cases import LegacyCaseView, LegacyList, LegacyRef, OpenLegacyFile
from contracts.legacy.scans import OpenLegacyPaper
from contracts.legacy_bridge import GET_LEGACY_CASE, LIST_LEGACY_CASES, OPEN_LEGACY_FILE
from contracts.paging import Page
from contracts.text import Compact, Login, Mobile, OneTimeCode, Password
from flask import Response
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, Field

from gateway.uploads import receipt_for
from gateway.web.api import ApiGroup, Reply
from gateway.web.calls import call
from gateway.web.documents import deliver
from gateway.web.limits import limiter, per_minute
from gateway.web.visitor import whence

routes = ApiGroup("old_accounts", _l("旧系统账号"))


class OldAccount(BaseModel):
    """Name and password of the other side: of the old account, or, for who has signed in with that, of the new one;
    ``code``: what came to the old account's number or address after ``legacy_link_code_sent``."""

    model_config = ConfigDict(extra="forbid")

    login: Annotated[str, Login(200)]
    password: Annotated[str, Password(256)]
    code: Annotated[str, OneTimeCode(20)] | None = None


@routes.get("/old-accounts", _l("关联的旧账号"), access=ACCOUNT, reply=LegacyLinks)
def list_old_accounts() -> LegacyLinks:
    """Newest first, each with what came of it and until when it can be undone."""
    return call(LIST_LEGACY_LINKS, Empty())


@routes.post(
    "/old-accounts",
    _l("关联旧账号"),
    access=ACCOUNT,
    body=OldAccount,
    reply=LegacyLinkView,
    status=201,
    problems=(
        "legacy_link_failed",
        "legacy_link_differs",
        "legacy_link_code_sent",
        "legacy_link_code_wrong",
        "legacy_link_unproven",
        "sign_in_slowed",
    ),
)
@limiter.limit(per_minute(20))
def link_old_account(body: OldAccount) -> LegacyLinkView:
    """What the old account had is the caller's from now on; both are told, and each can undo it for fourteen days. Both
    are of the same person or organisation."""
    here = whence()
    place = {"client": here["client"], "device": here["device"]}
    return call(
        LINK_LEGACY_ACCOUNT, LinkLegacyAccount(login=body.login, password=body.password, code=body.code, **place)
    )


@routes.delete(
    "/old-accounts/<link_id>",
    _l("撤销关联"),
    access=ACCOUNT,
    status=204,
    problems=("legacy_link_unknown", "legacy_link_final"),
)
def unlink_old_account(link_id: str) -> Reply:
    """Parts an old account again, within its time; also one that was this account, and was joined to another."""
    call(UNDO_LEGACY_LINK, LegacyLinkRef(link_id=link_id))
    return Reply(None)


class Completion(BaseModel):
    """What an account of the old system lacks (``missing`` of ``GET /me``), some of it or all. A mobile comes with the
    code that was sent to it (purpose *sign_up*)."""

    model_config = ConfigDict(extra="forbid")

    mobile: Annotated[str, Mobile(30)] | None = None
    otp: Annotated[str, OneTimeCode(20)] | None = None
    id_type: IdType | None = None
    id_number: Annotated[str, Compact(40)] | None = None
    uscc: Annotated[str, Compact(40)] | None = None
    seal_upload_id: str | None = Field(default=None, max_length=64)


@routes.post(
    "/me/completion",
    _l("补充旧账号资料"),
    access=ACCOUNT,
    body=Completion,
    reply=AccountView,
    problems=(
        "otp_wrong",
        "otp_expired",
        "otp_too_many",
        "mobile_invalid",
        "mobile_taken",
        "id_number_invalid",
        "uscc_invalid",
        "seal_unreadable",
        "receipt_invalid",
    ),
)
@limiter.limit(per_minute(20))
def complete_account(body: Completion) -> AccountView:
    """All of it is added, or nothing; what is there already is not changed here."""
    here, seal = whence(), receipt_for(body.seal_upload_id, sealed=True) if body.seal_upload_id else None
    facts = body.model_dump(exclude={"seal_upload_id"}) | {
        "seal_receipt": seal.token if seal else None,
        "client": here["client"],
        "browser": here["browser"],
    }
    return call(COMPLETE_ACCOUNT, CompleteAccount.model_validate(facts))


@routes.get("/old-accounts/cases", _l("旧系统业务清单"), access=ACCOUNT, query=Page, reply=LegacyList)
def list_old_cases(query: Page) -> LegacyList:
    """Cases that the old system had not finished, wherever they stand; they go on at `/legacy` only."""
    return call(LIST_LEGACY_CASES, query)


@routes.get(
    "/old-accounts/cases/<case_id>",
    _l("旧系统的业务"),
    access=ACCOUNT,
    reply=LegacyCaseView,
    problems=("legacy_case_unknown",),
)
def get_old_case(case_id: str) -> LegacyCaseView:
    """With its history, the period that runs, and what is to be done. Messages about it name it as `application_id`."""
    return call(GET_LEGACY_CASE, LegacyRef(case_id=case_id))


@routes.get(
    "/old-accounts/registrations",
    _l("旧系统的登记"),
    access=ACCOUNT,
    query=Page,
    reply=LegacyRegistrationList,
)
def list_old_registrations(query: Page) -> LegacyRegistrationList:
    """What the old accounts had registered, as the old register has it, the newest first."""
    return call(LIST_LEGACY_REGISTRATIONS, query)


@routes.get(
    "/old-accounts/registrations/<record_id>/papers/<file_id>",
    _l("下载旧登记的附件"),
    access=ACCOUNT,
    raw=True,
    content_type="*/*",
    problems=("document_unknown",),
)
def open_old_paper(record_id: str, file_id: str) -> Response:
    """A scan that the old system had of a registration (its `papers`), as it was."""
    return deliver(call(OPEN_LEGACY_PAPER, OpenLegacyPaper(record_id=record_id, file_id=file_id)))


@routes.get(
    "/old-accounts/cases/<case_id>/files/<file_id>",
    _l("下载旧业务的文件"),
    access=ACCOUNT,
    raw=True,
    content_type="*/*",
    problems=("legacy_case_unknown", "legacy_file_unknown"),
)
def open_old_case_file(case_id: str, file_id: str) -> Response:
    """A file that was sent with an answer, or a scan that the old system had (`papers`), as it was."""
    return deliver(call(OPEN_LEGACY_FILE, OpenLegacyFile(case_id=case_id, file_id=file_id)))
