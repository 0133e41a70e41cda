"""What goes into the package of a case: its documents, the files that were handed in, the form and the history."""

from __future__ import annotations

import json
from datetime import datetime
from functools import partial
from typing import Any

from chassis.clock import SHANGHAI
from chassis.errors import Problem
from contracts.filing import (
    GET_APPLICATION,
    LIST_CASE_FILES,
    ApplicationRef,
    ApplicationView,
    CaseFile,
    ListCaseFiles,
)
from contracts.objects import DocumentRef
from flask_babel import gettext as _

from contracts import archive
from gateway.dossiers.bag import Bag, Payload, of_bytes
from gateway.dossiers.names import safe_name
from gateway.web.calls import call
from gateway.web.document_words import file_title
from gateway.web.documents import all_documents_of
from gateway.web.languages import language
from gateway.web.resources import resources

_STATED = frozenset(
    {
        *("application_id", "kind", "type", "state", "batch_id", "about", "form", "title", "serial_number"),
        *("acceptance_number", "registration_number", "paper_required", "paper_received_at", "deadlines"),
        *("corrections", "actions", "signatures", "created_at", "submitted_at", "reason", "remedies"),
        *("applicant_name", "applicant_kind"),
    }
)
"""Of a case: what its party has filed, been told and done."""

_SOON = 30
"""Seconds, until a dossier is asked for again that is not all there."""


def package_of(application_id: str) -> Bag:
    """Of one's own case. Problems ``application_unknown``, also for others' and for staff; ``service_unavailable``: a
    service that keeps a part of it does not answer, and half a dossier is none."""
    files = call(LIST_CASE_FILES, ListCaseFiles(application_id=application_id)).items
    case = call(GET_APPLICATION, ApplicationRef(application_id=application_id, language=language()))
    history = _history(case)  # first: where the archive does not know the case yet, nor does it list its documents
    documents = all_documents_of(application_id)
    handed_in = [file.document for file in files if file.document is not None]
    issued = _payloads("documents", documents)
    payloads = [
        *issued,
        *_payloads("materials", handed_in),
        _json("application.json", case.model_dump(mode="json", include=set(_STATED))),
        _json("history.json", history),
    ]
    there = {payload.sha256 for payload in payloads}
    lost = [one.file_name for one in (*documents, *handed_in) if one.object.sha256 not in there]
    named = {one.object.sha256: file_title(one.kind, one.title) for one in documents}
    listing = [(payload.path, named[payload.sha256]) for payload in issued]
    payloads.append(of_bytes("README.txt", _words(case, files, lost, listing).encode()))
    number = case.registration_number or case.acceptance_number or case.serial_number or ""
    return Bag(
        name=f"dossier-{case.serial_number or application_id}",
        made_at=datetime.now(SHANGHAI),
        info={
            "Source-Organization": "国家版权登记中心",
            "External-Identifier": number or application_id,
            "External-Description": case.title,
            "Internal-Sender-Identifier": application_id,
        },
        payloads=payloads,
    )


def _payloads(folder: str, documents: list[DocumentRef]) -> list[Payload]:
    """Of what is there: the bytes of an old draft may be gone, and its row left."""
    objects = resources().runtime.objects
    return [
        Payload(
            f"{folder}/{safe_name(number, one.file_name)}",
            one.object.sha256,
            one.object.size,
            partial(objects.open, one.object.sha256),
        )
        for number, one in enumerate(documents, start=1)
        if objects.exists(one.object.sha256)
    ]


def _json(path: str, data: Any) -> Payload:
    return of_bytes(path, json.dumps(data, ensure_ascii=False, indent=1).encode())


def _history(case: ApplicationView) -> list[dict[str, Any]]:
    """As the archive keeps it. Problem ``service_unavailable`` (``seconds``): it has not heard yet that the case was
    filed, or whose it is by now; of a draft it knows nothing."""
    try:
        kept = call(archive.GET_DOSSIER, archive.GetDossier(application_id=case.application_id))
    except Problem as problem:
        if problem.code != "dossier_unknown":
            raise
        if case.submitted_at is not None:
            raise Problem("service_unavailable", seconds=_SOON) from None
        return []
    return [entry.model_dump(mode="json") for entry in kept.entries]


def _words(case: ApplicationView, files: list[CaseFile], lost: list[str], listing: list[tuple[str, str]]) -> str:
    """What is where, what each document is, and what is not in it."""
    why = {
        "sealed": _("已封存，请在登记的封存页面单独打开，或先启封"),
        "quarantined": _("检查发现有害内容，不提供下载"),
    }
    left_out = [(file.file_name, why[file.why]) for file in files if file.why]
    left_out += [(name, _("文件已不再保存")) for name in lost]
    lines = [
        _("这是一件申请的全套档案：%(title)s", title=case.title),
        _("documents/ 是登记机构出具的和您签署的文件，materials/ 是您提交的材料。"),
        _("application.json 是申请表，history.json 是经过。"),
        _("manifest-sha256.txt 列出每个文件的 SHA-256，可以用 BagIt 工具核对有没有缺少或改动。"),
    ]
    if case.batch_id:
        lines.append(_("这件作品随一批一起缴费，缴费的经过和收据在那一批的缴费单里。"))
    if listing:
        lines += ["", _("各份文件：")]
        lines += [_("%(name)s：%(why)s", name=path, why=title) for path, title in listing]
    if left_out:
        lines += ["", _("没有放入的文件：")]
        lines += [_("%(name)s：%(why)s", name=name, why=reason) for name, reason in left_out]
    return "\n".join(lines) + "\n"
