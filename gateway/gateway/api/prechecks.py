"""材料预检: checks of uploaded files, and repairs of what they found."""

from __future__ import annotations

import time
from typing import Annotated

from contracts.base import ACCOUNT, ANONYMOUS, Identifier
from contracts.filing import REPLACE_MATERIAL, MaterialView, ReplaceMaterial
from contracts.text import Line
from contracts.tools import (
    CREATE_PRECHECK,
    CREATE_REPAIR,
    GET_JOB,
    GET_PRECHECK,
    CreatePrecheck,
    CreateRepair,
    GetJob,
    GetPrecheck,
    JobView,
    PrecheckView,
    RepairOptions,
)
from flask import request
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, Field

from gateway.api.jobs import JobReply, job_reply
from gateway.uploads import receipt_for
from gateway.uploads.policy import purpose_of_check
from gateway.web.api import ApiGroup
from gateway.web.caller import caller
from gateway.web.calls import call
from gateway.web.languages import language
from gateway.web.limits import client_network, limiter

routes = ApiGroup("prechecks", _l("材料预检与修复"))

LOOK_EVERY = 0.1
LONGEST_WAIT = 10.0
USUAL_WAIT = 2.0


class NewPrecheck(BaseModel):
    """``context``: title, short_name, version, print_width_mm, print_height_mm, duration_seconds, languages,
    source_lines; all optional."""

    model_config = ConfigDict(extra="forbid")

    upload_id: str = Field(max_length=64)
    profile: str = Field(max_length=40)
    context: dict[Annotated[str, Field(max_length=40)], Annotated[str, Line(300)]] = Field(default={}, max_length=10)


class NewRepair(BaseModel):
    """``fix``: codes of findings marked as repairable."""

    model_config = ConfigDict(extra="forbid")

    fix: list[Identifier] = Field(min_length=1, max_length=50)
    options: RepairOptions = RepairOptions()


class Replacement(BaseModel):
    model_config = ConfigDict(extra="forbid")

    upload_id: str = Field(max_length=64)


def check_upload(upload_id: str, profile: str, context: dict[str, str], *, part: str = "") -> PrecheckView:
    """Queues the check of an upload of the caller."""
    received = receipt_for(upload_id, purpose=purpose_of_check(profile))
    visitor = "" if caller().signed_in else received.owner
    asked = CreatePrecheck(
        receipt=received.token,
        profile=profile,
        context=context,
        language=language(),
        client=visitor,
        network=client_network(),
    )
    return call(CREATE_PRECHECK, asked, part=part)


def repair_of(precheck_id: str, fix: list[str], options: RepairOptions) -> CreateRepair:
    """The caller's request for a repair."""
    return CreateRepair(
        precheck_id=precheck_id,
        fix=fix,
        options=options,
        language=language(),
        client=caller().visitor,
        network=client_network(),
    )


@routes.post(
    "/prechecks",
    _l("检查一个文件"),
    access=ANONYMOUS,
    body=NewPrecheck,
    reply=PrecheckView,
    status=202,
    problems=("precheck_profile_unknown", "upload_unknown", "upload_incomplete", "work_too_many"),
)
@limiter.limit("60 per minute", exempt_when=lambda: caller().signed_in)
def create_precheck(body: NewPrecheck) -> PrecheckView:
    """Ask for the result with ``GET`` until ``state`` is ``done``; large files give a ``first_verdict`` at once."""
    return check_upload(body.upload_id, body.profile, body.context)


@routes.get(
    "/prechecks/<precheck_id>", _l("检查结果"), access=ANONYMOUS, reply=PrecheckView, problems=("precheck_unknown",)
)
def get_precheck(precheck_id: str) -> PrecheckView:
    """Poll until ``state`` is ``done``; findings in the language of the request."""
    return call(GET_PRECHECK, GetPrecheck(precheck_id=precheck_id, language=language(), client=caller().visitor))


@routes.post(
    "/prechecks/<precheck_id>/repairs",
    _l("一键修复"),
    access=ANONYMOUS,
    body=NewRepair,
    reply=JobReply,
    status=202,
    problems=("precheck_running", "fix_unknown", "material_quarantined", "work_too_many"),
)
@limiter.limit("30 per minute", exempt_when=lambda: caller().signed_in)
def create_repair(precheck_id: str, body: NewRepair) -> JobReply:
    """The original stays; the repaired file becomes a new ``upload_id`` with a check of its own.

    Waits a moment for short repairs (``Prefer: wait=seconds``, at most 10, 2 by default); a longer one is asked for
    at ``GET /jobs/{job_id}``.
    """
    job = call(CREATE_REPAIR, repair_of(precheck_id, body.fix, body.options))
    return job_reply(_settled(job, _patience()))


@routes.post(
    "/applications/<application_id>/materials/<material_id>/replacement",
    _l("用修复后的文件替换材料"),
    access=ACCOUNT,
    body=Replacement,
    reply=MaterialView,
    problems=("application_unknown", "application_frozen", "material_unknown"),
)
def replace_material(application_id: str, material_id: str, body: Replacement) -> MaterialView:
    """Another file in the same place of the order; the one before goes."""
    asked = ReplaceMaterial(
        application_id=application_id, material_id=material_id, receipt=receipt_for(body.upload_id).token
    )
    return call(REPLACE_MATERIAL, asked)


def _patience() -> float:
    for preference in request.headers.get("Prefer", "").split(","):
        name, _, value = preference.strip().partition("=")
        if name == "wait" and value.isascii() and value.isdigit():
            return min(float(value), LONGEST_WAIT)
    return USUAL_WAIT


def _settled(job: JobView, seconds: float) -> JobView:
    deadline = time.monotonic() + seconds
    while job.state in ("waiting", "running") and time.monotonic() < deadline:
        time.sleep(LOOK_EVERY)
        job = call(GET_JOB, GetJob(job_id=job.job_id, language=language(), client=caller().visitor))
    return job
