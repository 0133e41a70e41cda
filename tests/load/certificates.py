"""CPU time of one certificate: rendering, QR, signature, timestamp, storing, and the database work of issuing."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from typing import Any

from chassis.service import service_class
from chassis.signing import create_sandbox_pki
from chassis.testing.harness import Harness, settings_for
from contracts.filing import APPLICATION_APPROVED, ApplicationApproved

from tests.load.servers import bench, percentile, show


def approved(number: int) -> ApplicationApproved:
    form: dict[str, Any] = {
        "title": f"长江边的石头 {number}",
        "category": "A",
        "completion_date": "2026-03-01",
        "publication": "unpublished",
        "authors": [{"name": "王小明", "signed_as": "real_name", "pseudonym": ""}],
        "owners": [{"name": "王小明", "kind": "natural_person", "nationality": "中国", "applicant": True}],
        "acquisition": "original",
        "rights_scope": "all",
        "description": {"purpose": "记录长江", "process": "", "originality": ""},
    }
    return ApplicationApproved(
        application_id=f"app-{number}",
        account_id="acc-person",
        kind="work",
        type="work_registration",
        form_code="Z11",
        title=form["title"],
        serial_number=f"2026Z11S{number:06d}",
        acceptance_number=f"2026Z11L{number:06d}",
        approved_at=datetime(2026, 11, 20, 3, tzinfo=UTC),
        approved_by="acc-examiner",
        form=form,
        owners=[{"name": "王小明", "kind": "natural_person", "nationality": "中国"}],
        sample_sha256=["ab" * 32],
    )


def main(count: int = 100) -> None:
    with bench() as servers, servers.databases.database("archive") as database:
        create_sandbox_pki(servers.keys / "pki")
        objects = servers.folder / "objects"
        objects.mkdir()
        harness = Harness(
            service_class("archive"), settings_for("archive", database.application_url, servers.keys, objects)
        )
        for number in range(1, count + 6):
            harness.deliver(APPLICATION_APPROVED, approved(number))
        from archive.certificates.issuing import issue_next

        for _ in range(5):
            issue_next(harness.runtime)  # fonts, templates and keys are read once
        cpu, wall = [], []
        for _ in range(count):
            before, started = time.process_time(), time.perf_counter()
            assert issue_next(harness.runtime)
            cpu.append((time.process_time() - before) * 1000)
            wall.append((time.perf_counter() - started) * 1000)
        show(
            bench="certificate",
            count=count,
            cpu_ms_p50=percentile(cpu, 0.5),
            cpu_ms_p99=percentile(cpu, 0.99),
            wall_ms_p50=percentile(wall, 0.5),
        )
        harness.close()


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:2]))
