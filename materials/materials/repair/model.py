"""Which finding is cured by which repair, and how a change is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

Param = str | int | float
Action = Literal[
    "rebuild",
    "decrypt",
    "shrink",
    "drop_blank_pages",
    "strip_scripts",
    "strip_attachments",
    "rotate",
    "set_text",
    "to_jpeg",
    "strip_position",
    "strip_camera_data",
    "build_deposit",
]

PDF_REPAIRS: dict[str, Action] = {
    "pdf_damaged_recovered": "rebuild",
    "pdf_truncated_recovered": "rebuild",
    "pdf_readers_disagree": "rebuild",
    "pdf_page_count_wrong": "rebuild",
    "pdf_needs_password": "decrypt",
    "pdf_restricted": "decrypt",
    "pdf_encrypted_open": "decrypt",
    "too_large": "shrink",
    "pdf_blank_pages": "drop_blank_pages",
    "pdf_scripts": "strip_scripts",
    "pdf_launches_programs": "strip_scripts",
    "pdf_reaches_out": "strip_scripts",
    "pdf_attachments": "strip_attachments",
    "rotate": "rotate",
}
TEXT_REPAIRS: dict[str, Action] = {"text_convertible": "set_text"}
IMAGE_REPAIRS: dict[str, Action] = {
    "image_dpi_not_declared": "to_jpeg",
    "image_dpi_declared_low": "to_jpeg",
    "image_dpi_conflict": "to_jpeg",
    "image_cmyk": "to_jpeg",
    "image_several_frames": "to_jpeg",
    "image_transparent": "to_jpeg",
    "image_turned": "to_jpeg",
    "image_has_position": "strip_position",
    "image_has_camera_data": "strip_camera_data",
    "image_convertible": "to_jpeg",
    "rotate": "to_jpeg",
    "too_large": "to_jpeg",
}

DEPOSIT_REPAIRS: dict[str, Action] = {
    "source_not_paginated": "build_deposit",
    "source_secret_found": "build_deposit",
    "document_long": "build_deposit",
    "page_numbers_missing": "build_deposit",
    "header_without_name": "build_deposit",
    "header_without_version": "build_deposit",
    "deposit_too_many_pages": "build_deposit",
}


def actions_for(codes: Iterable[str], table: dict[str, Action]) -> list[Action]:
    """The repairs that cure the findings, each once, in the order of the table. Unknown codes are left out."""
    wanted = set(codes)
    return list(dict.fromkeys(action for code, action in table.items() if code in wanted))


@dataclass(frozen=True)
class Change:
    """One thing that a repair did, or that it says it did not do. Words in ``texts/``."""

    code: str
    params: dict[str, Param] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {"code": self.code, "params": self.params}
