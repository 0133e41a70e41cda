"""What other capabilities need of uploads: a finished upload's receipt, and files of plain forms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chassis.errors import Problem
from contracts.objects import ObjectRef
from werkzeug.datastructures import FileStorage

from gateway.uploads.handlers import Uploads
from gateway.uploads.policy import is_private, purpose_of_check
from gateway.uploads.sent import note_sent
from gateway.web.caller import caller
from gateway.web.problems import HttpProblem
from gateway.web.resources import resources


@dataclass(frozen=True)
class Received:
    """A finished upload. ``token`` goes to the service; ``owner`` names the account or the anonymous session."""

    token: str
    owner: str
    upload_id: str
    object: ObjectRef
    file_name: str


def receipt_for(upload_id: str, *, sealed: bool = False, purpose: str = "") -> Received:
    """The receipt of the caller's own finished upload; ``sealed`` for identity alone. ``purpose``: what it is given for
    now, if that is to cut its life short.

    Problems ``upload_unknown`` (also for another's), ``upload_incomplete``, ``upload_expired``, ``upload_busy``,
    ``upload_sealed`` (it was given to identity before).
    """
    token, upload = Uploads(resources(), caller()).receipt(upload_id, sealed=sealed, purpose=purpose)
    assert upload.sha256 is not None
    note_sent(upload_id)
    ref = ObjectRef(sha256=upload.sha256, size=upload.length)
    return Received(token, upload.owner, upload_id, ref, upload.file_name)


def receipt_for_form_file(file: FileStorage | None, purpose: str = "material") -> Received:
    """The receipt of a file sent with a plain form, for browsers without script. Problems as :func:`take_form_file`."""
    return receipt_for(take_form_file(file, purpose), sealed=is_private(purpose))


def take_form_file(file: FileStorage | None, purpose: str = "material") -> str:
    """The upload id of a file sent with a plain form.

    Problems ``upload_file_missing``, ``upload_empty`` and those of creating an upload.
    """
    if file is None or not file.filename:
        raise HttpProblem("upload_file_missing")
    size = file.stream.seek(0, 2)
    file.stream.seek(0)
    if size == 0:
        raise HttpProblem("upload_empty")
    uploads = Uploads(resources(), caller())
    upload = uploads.create(size, file.filename, purpose)
    uploads.append(upload.upload_id, 0, size, file.stream.read, None)
    return upload.upload_id


def still_there(upload_ids: Iterable[str]) -> list[tuple[str, str]]:
    """(id, file name) of those that are finished uploads of the caller."""
    uploads, found = Uploads(resources(), caller()), []
    for upload_id in upload_ids:
        try:
            upload = uploads.get(upload_id)
        except Problem:
            continue
        if upload.finished_at is not None:
            found.append((upload_id, upload.file_name))
    return found


def offer_made_file(key: str, ref: ObjectRef, file_name: str, profile: str = "") -> str:
    """The upload id under which the caller can use a file that a service made for them; ``key`` names it for good.

    ``profile``: by which it was checked.
    """
    return Uploads(resources(), caller()).offer(key, ref, file_name, purpose_of_check(profile)).upload_id
