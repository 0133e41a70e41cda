"""鉴别材料: conforming deposits made from uploaded source code and documents."""

from __future__ import annotations

from typing import Annotated

from contracts.base import ACCOUNT, ANONYMOUS, Identifier
from contracts.filing import ATTACH_DEPOSIT, BUILD_DEPOSIT, ApplicationView, AttachDeposit, BuildDeposit
from contracts.forms import FormData
from contracts.text import Line
from contracts.tools import CREATE_DEPOSIT, CreateDeposit, DepositOptions, JobView, SoftwareName, SoftwareVersion
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, Field

from gateway.api.jobs import JobReply, job_reply
from gateway.uploads import receipt_for
from gateway.web.api import ApiGroup
from gateway.web.caller import caller
from gateway.web.calls import call
from gateway.web.languages import language
from gateway.web.limits import client_network, limiter
from gateway.web.rates import rate

routes = ApiGroup("deposits", _l("鉴别材料"))


class NewDeposit(BaseModel):
    """``source``: upload ids of one archive or of several files. ``title`` and ``version`` go into the header."""

    model_config = ConfigDict(extra="forbid")

    title: SoftwareName
    short_name: Annotated[str, Line(60)] = ""
    version: SoftwareVersion
    source: list[Identifier] = Field(default=[], max_length=400)
    document: Identifier = ""
    object_code: Identifier = ""
    options: DepositOptions = DepositOptions()


class CaseDeposit(BaseModel):
    """As :class:`NewDeposit`; name, version and mode are those of the application's form. ``form``: fields that the
    answer to a correction is going to change."""

    model_config = ConfigDict(extra="forbid")

    source: list[Identifier] = Field(default=[], max_length=400)
    document: Identifier = ""
    object_code: Identifier = ""
    options: DepositOptions = DepositOptions()
    form: FormData = {}


def order_case_deposit(application_id: str, asked: CaseDeposit) -> JobView:
    """Queues the deposit of one's own application with the receipts of one's uploads."""
    others = {name: receipt_for(value).token for name in ("document", "object_code") if (value := getattr(asked, name))}
    request = BuildDeposit(
        application_id=application_id,
        source=[receipt_for(upload_id).token for upload_id in asked.source],
        **others,
        options=asked.options,
        form=asked.form,
        language=language(),
        network=client_network(),
    )
    return call(BUILD_DEPOSIT, request)


def use_deposit(application_id: str, job_id: str) -> ApplicationView:
    """Puts what a job made among the application's files."""
    visitor = caller().visitor
    asked = AttachDeposit(application_id=application_id, job_id=job_id, language=language(), client=visitor)
    return call(ATTACH_DEPOSIT, asked)


def order_deposit(asked: NewDeposit) -> JobView:
    """Queues the deposit with the receipts of the caller's uploads."""
    source = [receipt_for(upload_id) for upload_id in asked.source]
    others = {name: receipt_for(value) for name in ("document", "object_code") if (value := getattr(asked, name))}
    owners = [received.owner for received in (*source, *others.values())]
    request = CreateDeposit(
        **asked.model_dump(include={"title", "short_name", "version"}),
        source=[received.token for received in source],
        **{name: received.token for name, received in others.items()},
        options=asked.options,
        language=language(),
        client="" if caller().signed_in or not owners else owners[0],
        network=client_network(),
    )
    return call(CREATE_DEPOSIT, request)


@routes.post(
    "/deposits",
    _l("生成鉴别材料"),
    access=ANONYMOUS,
    body=NewDeposit,
    reply=JobReply,
    status=202,
    problems=("deposit_empty", "upload_unknown", "upload_incomplete", "work_too_many"),
)
@limiter.limit("20 per minute", exempt_when=lambda: caller().signed_in)
def create_deposit(body: NewDeposit) -> JobReply:
    """Ask ``GET /jobs/{job_id}`` for the PDFs, the statistics and what differs among form, code and manual."""
    return job_reply(order_deposit(body))


@routes.post(
    "/applications/<application_id>/deposits",
    _l("生成一份申请的鉴别材料"),
    access=ACCOUNT,
    body=CaseDeposit,
    reply=JobReply,
    status=202,
    problems=(
        "application_unknown",
        "application_frozen",
        "form_invalid",
        "material_role_invalid",
        "deposit_empty",
        "upload_unknown",
        "upload_incomplete",
        "work_too_many",
    ),
)
@rate(20)
def build_case_deposit(application_id: str, body: CaseDeposit) -> JobReply:
    """Name, version and mode are those of the form. Ask ``GET /jobs/{job_id}`` how far it is."""
    return job_reply(order_case_deposit(application_id, body))


@routes.post(
    "/applications/<application_id>/deposits/<job_id>",
    _l("把生成的鉴别材料放进申请"),
    access=ACCOUNT,
    reply=ApplicationView,
    problems=(
        "application_unknown",
        "application_frozen",
        "job_unknown",
        "deposit_not_made",
        "material_role_invalid",
        "material_too_many",
        "material_unchanged",
    ),
)
@rate(60)
def use_case_deposit(application_id: str, job_id: str) -> ApplicationView:
    """Once or twice is the same. ``report.suggestions`` of the answer are fields of the form that are still empty, as
    the source code has them: save them to take them over."""
    return use_deposit(application_id, job_id)
