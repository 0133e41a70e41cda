"""The disk of the object store is really full: uploads say so and where they are, workers go on by themselves."""

from __future__ import annotations

import base64
import hashlib
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from chassis.signing.pki import create_sandbox_pki
from chassis.testing import Harness
from chassis.testing.databases import DatabaseFactory
from contracts.archive import CERTIFICATE_ISSUED
from contracts.filing import APPLICATION_APPROVED
from gateway.testing import GatewayProcess, running_gateway

from tests.faults import small_disk
from tests.faults.chaos import wait_until
from tests.load.certificates import approved

SIZE = "8m"
TUS = {"Tus-Resumable": "1.0.0"}
WRAPPER = [sys.executable, str(Path(small_disk.__file__))]


@dataclass
class Disk:
    """The small disk that a process sees at ``folder``, from outside."""

    pid: int
    folder: Path

    @property
    def root(self) -> Path:
        return Path(f"/proc/{self.pid}/root") / self.folder.relative_to("/")

    def fill(self, leave: int) -> None:
        status = os.statvfs(self.root)
        block = status.f_frsize
        with (self.root / "ballast").open("wb") as ballast:
            ballast.write(bytes((status.f_bavail - leave // block) * block))

    def empty(self) -> None:
        (self.root / "ballast").unlink()

    def objects(self) -> dict[str, str]:
        """Every object by its address: the SHA-256 of what is there."""
        found = [path for path in self.root.rglob("*") if path.is_file() and len(path.name) == 64]
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in found}

    def left_behind(self) -> list[Path]:
        return list((self.root / "incoming").iterdir())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    objects = tmp_path / "objects"
    objects.mkdir(mode=0o777)
    if not small_disk.possible(objects):
        pytest.skip("this system lets no process mount a disk of its own")
    return objects


@pytest.fixture
def gateway(databases: DatabaseFactory, keys: Path, folder: Path) -> Iterator[GatewayProcess]:
    with (
        databases.database("gateway") as database,
        running_gateway(database, keys, folder, within=[*WRAPPER, str(folder), SIZE]) as process,
    ):
        yield process


def patch(client: httpx.Client, path: str, offset: int, data: bytes, **more: str) -> httpx.Response:
    headers = {**TUS, "Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset), **more}
    headers["Connection"] = "close"  # a server that refuses a body half-way closes, whatever the client hopes
    return client.patch(path, content=data, headers=headers)


def offset_of(client: httpx.Client, path: str) -> int:
    return int(client.head(path, headers=TUS).headers["Upload-Offset"])


def test_an_upload_to_a_full_disk_says_so_and_goes_on_where_it_was(gateway: GatewayProcess, folder: Path) -> None:
    disk = Disk(gateway.process.pid, folder)
    data = random.Random(1).randbytes(3_000_000)
    with gateway.client() as client:
        kept = client.post("/api/v1/uploads", files={"file": ("a.pdf", b"%PDF-1.7 kept", "application/pdf")})
        assert kept.status_code == 201
        path = client.post("/api/v1/uploads", headers={**TUS, "Upload-Length": str(len(data))}).headers["Location"]
        assert patch(client, path, 0, data[:1_000_000]).status_code == 204

        disk.fill(leave=300_000)
        refused = patch(client, path, 1_000_000, data[1_000_000:])
        assert (refused.status_code, refused.json()["code"]) == (503, "upload_storage_full")
        assert refused.headers["Retry-After"]
        assert refused.json()["remedy"]
        reached = offset_of(client, path)
        assert 1_000_000 <= reached < len(data)
        staged = disk.root / "uploads" / f"{path.rpartition('/')[2]}.part"
        assert staged.read_bytes() == data[:reached]

        digest = base64.b64encode(hashlib.sha256(data[reached:]).digest()).decode()
        promised = patch(client, path, reached, data[reached:], **{"Upload-Checksum": f"sha256 {digest}"})
        assert promised.json()["code"] == "upload_storage_full"
        assert offset_of(client, path) == reached
        form = client.post("/api/v1/uploads", files={"file": ("b.pdf", data[:900_000], "application/pdf")})
        assert form.json()["code"] == "upload_storage_full"
        assert client.get("/readyz").status_code == 503
        assert client.get("/").status_code == 200
        assert all(name == found for name, found in disk.objects().items())

        disk.empty()
        assert patch(client, path, reached, data[reached:]).status_code == 204
        assert client.get(path).json()["object"]["sha256"] == hashlib.sha256(data).hexdigest()
        assert client.get("/readyz").json()["parts"]["objects"] == "ok"
    assert staged.read_bytes() == data
    assert all(name == content for name, content in disk.objects().items())
    assert disk.left_behind() == []


@pytest.mark.requirement("S-01")
def test_the_issuing_worker_waits_for_space_and_then_issues_once(
    service_harness: Callable[..., Harness], keys: Path, folder: Path
) -> None:
    create_sandbox_pki(keys / "pki")
    archive = service_harness("archive")
    settings = archive.runtime.settings
    environment = os.environ | {
        "REGISTRY_SERVICE": "archive",
        "REGISTRY_PROFILE": "sandbox",
        "REGISTRY_DATABASE_URL": settings.database_url,
        "REGISTRY_AMQP_URL": settings.amqp_url,
        "OBJECT_STORE_URL": folder.as_uri(),
        "REGISTRY_KEYS_DIR": str(settings.keys_dir),
    }
    command = [*WRAPPER, str(folder), SIZE, sys.executable, "-m", "chassis.worker", "archive"]
    worker = subprocess.Popen(command, env=environment)
    try:
        disk = Disk(worker.pid, folder)
        wait_until(lambda: os.path.ismount(disk.root), 20, "the disk")
        disk.fill(leave=8192)
        archive.deliver(APPLICATION_APPROVED, approved(1))
        failed = "SELECT count(*) FROM certificates WHERE state = 'queued' AND last_error LIKE %s"
        wait_until(lambda: archive.as_owner(failed, "%No space left%")[0][0], 30, "the failure")
        assert disk.objects() == {}
        assert disk.left_behind() == []
        assert archive.events(CERTIFICATE_ISSUED) == []
        disk.empty()
        wait_until(lambda: archive.events(CERTIFICATE_ISSUED), 30, "the certificate")
        (event,) = archive.events(CERTIFICATE_ISSUED)
        assert disk.objects() == {event.certificate_sha256: event.certificate_sha256}
    finally:
        worker.kill()
        worker.wait()
