"""鉴别材料: conforming deposits made from uploaded source code and documents."""

from __future__ import annotations

from typing import Annotated

from contracts.base import ANONYMOUS, Identifier
from contracts.text import Line
from contracts.tools import CREATE_DEPOSIT, CreateDeposit, DepositOptions, JobView, SoftwareName, SoftwareVersion
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, Field

from gateway.api.jobs import JobReply, job_reply
from gateway.api.prechecks import tongue
from gateway.uploads import receipt_for
from gateway.web.api import ApiGroup
from gateway.web.caller import caller
from gateway.web.calls import call
from gateway.web.limits import client_network, limiter

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
        language=tongue(),
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
