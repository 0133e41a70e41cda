"""Where a case is: an application, a batch, or a case of the old system, each on pages of its own."""

from __future__ import annotations

from contracts.batches import is_batch
from contracts.legacy import is_record
from flask import Flask, url_for


def case_url(application_id: str) -> str:
    """The page on which whose it is sees it."""
    if is_record(application_id):
        return url_for("legacy_cases.case", case_id=application_id)
    if is_batch(application_id):
        return url_for("batches.batch", batch_id=application_id)
    return url_for("cases.case", application_id=application_id)


def install(app: Flask) -> None:
    """In every template."""
    app.jinja_env.globals.update(case_url=case_url, is_old_case=is_record)
