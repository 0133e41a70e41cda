"""Data builders of the archive's tests: approved applications, and an archive that has issued certificates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from archive.certificates import issuing
from chassis.signing import create_sandbox_pki
from chassis.testing import Harness
from contracts.filing import APPLICATION_APPROVED, ApplicationApproved

Approve = Callable[..., ApplicationApproved]


@pytest.fixture
def archive(service_harness: Callable[..., Harness], keys: Path) -> Harness:
    """The archive with its own database, object store and seal."""
    create_sandbox_pki(keys / "pki")
    issuing._seal.cache_clear()
    return service_harness("archive")


def approved(application_id: str = "app-1", account_id: str = "acc-person", **changes: Any) -> ApplicationApproved:
    """An approved text work of one person; ``form`` changes single fields of the form."""
    form: dict[str, Any] = {
        "title": "长江边的石头",
        "category": "A",
        "completion_date": "2026-03-01",
        "publication": "published",
        "publication_date": "2026-05-20",
        "authors": [{"name": "王小明", "signed_as": "real_name", "pseudonym": ""}],
        "owners": [{"name": "王小明", "kind": "natural_person", "nationality": "中国", "applicant": True}],
        "acquisition": "original",
        "rights_scope": "all",
        "description": {"purpose": "记录长江", "process": "", "originality": ""},
    }
    form |= changes.pop("form", {})
    facts: dict[str, Any] = {
        "application_id": application_id,
        "account_id": account_id,
        "kind": "work",
        "type": "work_registration",
        "form_code": "Z11",
        "title": form["title"],
        "serial_number": "2026Z11S000001",
        "acceptance_number": "2026Z11L000001",
        "approved_at": datetime(2026, 11, 20, 3, tzinfo=UTC),
        "approved_by": "acc-examiner",
        "form": form,
        "owners": [{"name": one["name"], "kind": one["kind"], "nationality": "中国"} for one in form["owners"]],
        "sample_sha256": ["ab" * 32],
    }
    return ApplicationApproved(**(facts | changes))


@pytest.fixture
def approve() -> Approve:
    return approved


@pytest.fixture
def registered(archive: Harness) -> Callable[..., str]:
    """Registers an approved application and returns its registration number."""

    def register(*arguments: Any, **changes: Any) -> str:
        from archive.register.store import entry_of_application

        data = approved(*arguments, **changes)
        archive.deliver(APPLICATION_APPROVED, data)
        with archive.uow() as uow:
            entry = entry_of_application(uow.session, data.application_id)
        assert entry is not None
        return entry.registration_number

    return register
