"""下载号码: what has become of every work of a batch, as a file for the organisation's own lists."""

from __future__ import annotations

from flask import Response
from flask_babel import gettext as _

from gateway.batches.sheets import all_rows
from gateway.pages.batch_words import row_state
from gateway.pages.sheets import amount, csv_file


def numbers_file(batch_id: str) -> Response:
    """A row for each work in the order of the sheet: its state, until when its organisation has something to do, and
    its numbers. Problem ``batch_unknown``."""
    rows = [
        (
            row.key,
            row.title,
            row_state(row),
            row.due_on.isoformat() if row.due_on else "",
            row.serial_number or "",
            row.acceptance_number or "",
            row.registration_number or "",
            amount(row.amount),
        )
        for row in all_rows(batch_id)
    ]
    numbers = [_("流水号"), _("受理号"), _("登记号"), _("金额（元）")]
    return csv_file(batch_id, [_("行号"), _("名称"), _("状态"), _("请在此日前办理"), *numbers], rows)
