"""Whatever refers to an object says so where it is declared, so that nobody collects what somebody needs."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.objects.references import held_columns, says_what_it_is, spaces_of, tables_of
from contracts.base import SERVICES
from sqlalchemy import MetaData, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.schema import Column

from chassis import tables

OWNERS = (*SERVICES, "gateway")


def first_of_an_index(column: Column[Any]) -> bool:
    table = column.table
    indexes = [index for index in table.indexes if list(index.expressions)[:1] == [column]]
    unique = column.unique or list(table.primary_key.columns)[:1] == [column]
    return bool(indexes or unique)


@pytest.mark.requirement("S-01")
@pytest.mark.parametrize("metadata", [*(tables_of(name) for name in OWNERS), tables.Base.metadata], ids=[*OWNERS, "-"])
def test_every_column_with_a_hash_says_whether_it_holds_the_object(metadata: MetaData) -> None:
    columns = [column for table in metadata.sorted_tables for column in table.columns]
    silent = [str(column) for column in columns if "sha256" in column.name and not says_what_it_is(column)]
    assert silent == [], "say holds() or NAMES (chassis.objects.references)"


@pytest.mark.requirement("S-01")
@pytest.mark.parametrize("name", OWNERS)
def test_references_are_of_a_kind_that_can_be_asked_for_and_quickly(name: str) -> None:
    metadata = tables_of(name)
    held = [column for space in spaces_of(metadata) for column in held_columns(metadata, space)]
    assert [str(column) for column in held if not isinstance(column.type, Text | JSONB)] == []
    assert [str(column) for column in held if not first_of_an_index(column)] == []


def test_who_holds_what_changes_on_purpose_only() -> None:
    """A row that ceases to hold its object lets it be collected."""
    held = {
        name: sorted(
            str(column) for space in spaces_of(tables_of(name)) for column in held_columns(tables_of(name), space)
        )
        for name in OWNERS
    }
    assert held == {
        "identity": [
            "id_photos.sealed_sha256",
            "recovery_photos.sealed_sha256",
            "seals.sealed_sha256",
            "verification_images.sealed_sha256",
        ],
        "filing": [
            "batch_files.archive_sha256",
            "batch_files.sha256",
            "batches.archive_sha256",
            "batches.spreadsheet_sha256",
            "documents.sha256",
            "expedite_files.sha256",
            "jobs.objects",
            "materials.sha256",
            "prechecks.sha256",
        ],
        "payment": ["bank_statements.sha256", "orders.receipt_sha256", "slips.sha256"],
        "archive": [
            "certificates.candidate_sha256",
            "documents.sha256",
            "file_checks.sha256",
            "gazette_volumes.sha256",
            "legacy_papers.sha256",
            "office_act_files.sha256",
            "signed_documents.candidate_sha256",
            "signed_documents.picture_sha256",
            "signed_documents.source_sha256",
        ],
        "legacy_bridge": [
            "import_batches.object_sha256",
            "import_batches.sealed_sha256",
            "legacy_files.sha256",
            "legacy_scans.sha256",
        ],
        "gateway": ["uploads.sealed_sha256", "uploads.stored_sha256"],
    }
