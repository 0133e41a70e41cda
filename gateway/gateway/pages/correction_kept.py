"""What pages of a correction kept of an answer that was not sent: offered back, whatever became of their tab."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from contracts.filing import LIST_UNSAVED, ApplicationView, Unsaved, UnsavedOf
from contracts.filing.unsaved import CORRECTION
from flask import request

from gateway.forms.versions import Opened, opened_by, opened_with
from gateway.pages.correction_parts import open_round
from gateway.web.calls import call


@dataclass(frozen=True)
class Restored:
    """What stands on the page, and all that was kept, newest first."""

    shown: Unsaved
    kept: Sequence[Unsaved]

    @property
    def answers(self) -> dict[str, str]:
        """By defect."""
        found = self.shown.form.get("answers")
        return {str(defect): str(text) for defect, text in found.items()} if isinstance(found, dict) else {}

    @property
    def fields(self) -> dict[str, Any]:
        """Of the form, as they were entered."""
        found = self.shown.form.get("fields")
        return found if isinstance(found, dict) else {}


def kept_answers(case: ApplicationView) -> list[Unsaved]:
    """Of the correction that is awaited, and of no earlier one."""
    found = call(LIST_UNSAVED, UnsavedOf(application_id=case.application_id, step=CORRECTION)).items
    awaited = open_round(case).correction_id
    return [each for each in found if each.form.get("correction_id") == awaited]


def opened_here(case: ApplicationView, restored: Restored | None) -> Opened:
    """What the page takes the place of: what an earlier one kept, or the page that was sent and is answered."""
    if restored is not None:
        return opened_with(restored.shown)
    if request.method == "POST" and "draft.page" in request.form:
        return opened_by(request.form).again()
    return Opened(case.version, {})
