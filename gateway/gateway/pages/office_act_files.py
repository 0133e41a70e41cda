"""Files that show what is said in an act of the office: uploads of the page, and files that came with its form."""

from __future__ import annotations

from contracts.office_acts import MOST_FILES
from flask import request

from gateway.uploads.receipt import receipt_for, take_form_file


def evidence_uploads() -> list[str]:
    """Ids of the uploads that a form sends."""
    sent = request.form.getlist("evidence")[: MOST_FILES + 1]
    files = [file for file in request.files.getlist("evidence_file") if file.filename]
    return sent + [take_form_file(file, "proof") for file in files[: MOST_FILES + 1]]


def tokens_of(uploads: list[str]) -> list[str]:
    """Their receipts."""
    return [receipt_for(upload_id).token for upload_id in uploads]
