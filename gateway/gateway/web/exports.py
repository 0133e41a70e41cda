"""The copy of one's own data on its way out: piece by piece, so that neither side holds more than one."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from contracts.identity.exports import OPEN_EXPORT, READ_EXPORT_PIECE, OpenedExport, OpenExport, ReadExportPiece
from flask import Response, stream_with_context

from gateway.web.calls import call
from gateway.web.forms import entered
from gateway.web.visitor import whence


def deliver_export(export_id: str, password: str) -> Response:
    """The ZIP, to be saved. Problems of ``open_export`` before the first byte goes out; a copy that is destroyed
    meanwhile ends short of the size that was told."""
    place = whence()
    asked = entered(OpenExport, export_id=export_id, password=password, client=place["client"], device=place["device"])
    opened = call(OPEN_EXPORT, asked)
    answer = Response(stream_with_context(_pieces(export_id, opened)), content_type="application/zip")
    answer.headers["Content-Length"] = str(opened.size)
    answer.headers["Content-Disposition"] = f'attachment; filename="{opened.file_name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _pieces(export_id: str, opened: OpenedExport) -> Iterator[bytes]:
    for number in range(opened.pieces):
        asked = ReadExportPiece(export_id=export_id, ticket=opened.ticket, number=number)
        yield base64.b64decode(call(READ_EXPORT_PIECE, asked).content)
