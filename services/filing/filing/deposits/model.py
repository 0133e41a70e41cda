"""What can be said of a deposit before it is made. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chassis.errors import FieldError
from materials.deposit.archive import is_archive
from materials.deposit.model import TEN

File = dict[str, str]
"""{sha256, file_name}: an upload."""


def once_each(files: Sequence[File]) -> list[File]:
    """The same upload is taken once, however often it was chosen."""
    return list({(file["sha256"], file["file_name"]): file for file in files}.values())


def foreseen(
    source: Sequence[File], document: File | None, object_code: File | None, options: Mapping[str, Any]
) -> Iterator[FieldError]:
    """What would keep it from being made, or make it of too much: to be put right before anybody waits for it."""
    archives: dict[str, str] = {}
    for file in source:
        name = file["file_name"]
        if is_archive(name) and archives.setdefault(name, file["sha256"]) != file["sha256"]:
            yield FieldError("source", "archives_alike", {"file_name": name})
            break
    for files, prefix in ((source, ""), (document, "document_")):
        start = options[f"{prefix}start_page"]
        if files and options[f"{prefix}mode"] == "ten_fifty" and start <= TEN:
            yield FieldError(f"options.{prefix}start_page", "deposit_start_too_early", {"start": str(start)})
    if source and options["mode"] == "object_code" and object_code is None:
        yield FieldError("object_code", "object_code_missing")
