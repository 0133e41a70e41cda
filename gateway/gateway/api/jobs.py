"""Jobs of the materials workers: how far they are, and the files and pictures they made."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chassis.errors import Problem
from chassis.objects import ObjectMissing
from contracts.base import ANONYMOUS
from contracts.objects import ObjectRef
from contracts.tools import GET_JOB, Finding, GetJob, JobState, JobView, PrecheckView, Words
from flask import Response, send_file, url_for
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel

from gateway.uploads import offer_made_file
from gateway.web.api import ApiGroup
from gateway.web.caller import caller
from gateway.web.calls import call
from gateway.web.documents import SAFE_INLINE, harmless
from gateway.web.file_names import with_plain_name
from gateway.web.languages import language
from gateway.web.resources import resources

routes = ApiGroup("jobs", _l("材料处理"))

HARMLESS = (*SAFE_INLINE, "application/zip")


class JobFile(BaseModel):
    """``upload_id`` is used like that of any upload of one's own."""

    name: str
    upload_id: str
    file_name: str
    size: int
    sha256: str
    content_type: str
    precheck_id: str | None
    url: str


class PreviewLinks(BaseModel):
    page: int
    before: str | None
    after: str | None


class JobReply(BaseModel):
    """``upload_id`` is the first of ``files``. A failed job says why in ``refusal`` and changed nothing."""

    job_id: str
    kind: str
    state: JobState
    progress: float
    upload_id: str | None
    precheck: PrecheckView | None
    changes: list[Words]
    refusal: Words | None
    files: list[JobFile]
    previews: list[PreviewLinks]
    report: dict[str, Any]
    findings: list[Finding]
    created_at: datetime
    finished_at: datetime | None


@routes.get("/jobs/<job_id>", _l("处理进度与结果"), access=ANONYMOUS, reply=JobReply, problems=("job_unknown",))
def get_job(job_id: str) -> JobReply:
    """How far a job has come, and when it is done, what it made."""
    return job_reply(fetch_job(job_id))


@routes.get(
    "/jobs/<job_id>/files/<name>",
    _l("下载处理得到的文件"),
    access=ANONYMOUS,
    raw=True,
    content_type="*/*",
    problems=("job_unknown", "not_found"),
)
def download_file(job_id: str, name: str) -> Response:
    """One file that the job made, by the name that the job's answer gives it."""
    for made in fetch_job(job_id).files:
        if made.name == name:
            return _bytes(made.object, made.content_type, download_name=made.file_name)
    raise Problem("not_found")


@routes.get(
    "/jobs/<job_id>/previews/<page>/<side>",
    _l("修复前后的预览图"),
    access=ANONYMOUS,
    raw=True,
    content_type="image/jpeg",
    problems=("job_unknown", "not_found"),
)
def show_preview(job_id: str, page: str, side: str) -> Response:
    """``side``: before or after."""
    for preview in fetch_job(job_id).previews:
        picture = {"before": preview.before, "after": preview.after}.get(side)
        if str(preview.page) == page and picture is not None:
            return _bytes(picture, "image/jpeg")
    raise Problem("not_found")


def fetch_job(job_id: str) -> JobView:
    """The caller's own job with words in the language of the request. Problem ``job_unknown``."""
    return call(GET_JOB, GetJob(job_id=job_id, language=language(), client=caller().visitor))


def job_reply(job: JobView) -> JobReply:
    """A job with its files offered as uploads of the caller."""
    profile = job.precheck.profile if job.precheck else ""
    files = [
        JobFile(
            name=made.name,
            upload_id=offer_made_file(f"{job.job_id}/{made.name}", made.object, made.file_name, profile),
            file_name=made.file_name,
            size=made.object.size,
            sha256=made.object.sha256,
            content_type=made.content_type,
            precheck_id=made.precheck_id,
            url=url_for("api.jobs.download_file", job_id=job.job_id, name=made.name),
        )
        for made in job.files
    ]
    return JobReply(
        **job.model_dump(include={"job_id", "kind", "state", "progress", "report", "created_at", "finished_at"}),
        upload_id=files[0].upload_id if files else None,
        precheck=job.precheck,
        changes=job.changes,
        refusal=job.refusal,
        findings=job.findings,
        files=files,
        previews=[
            PreviewLinks(
                page=preview.page,
                before=_picture(job.job_id, preview.page, "before") if preview.before else None,
                after=_picture(job.job_id, preview.page, "after") if preview.after else None,
            )
            for preview in job.previews
        ],
    )


def _picture(job_id: str, page: int, side: str) -> str:
    return url_for("api.jobs.show_preview", job_id=job_id, page=str(page), side=side)


def _bytes(ref: ObjectRef, content_type: str, download_name: str = "") -> Response:
    try:
        stream = resources().runtime.objects.open(ref.sha256)
    except ObjectMissing:
        raise Problem("not_found") from None
    response = send_file(
        stream,
        mimetype=content_type if content_type in HARMLESS else "application/octet-stream",
        as_attachment=bool(download_name),
        download_name=download_name or None,
        etag=ref.sha256,
    )
    with_plain_name(response)
    response.headers["Content-Length"] = str(ref.size)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = harmless(response)
    return response
