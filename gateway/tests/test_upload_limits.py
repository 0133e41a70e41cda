"""What uploads may not do, and what happens to those that end badly: by role, by policy, by time, by a full disk."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import psycopg
import pytest
from chassis.actor import Actor
from chassis.objects import UploadStaging, open_store
from chassis.settings import SettingsError
from chassis.testing.databases import DatabaseFactory, TestDatabase
from gateway.testing import BODY, TUS, GatewayProcess, checksum, create, offset, patch, running_gateway
from gateway.uploads import handlers
from gateway.uploads.model import UploadState
from gateway.uploads.policy import read_policies

pytestmark = pytest.mark.requirement("F-08")


def sql(database: TestDatabase, statement: str, *values: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(database.owner_url) as connection:
        cursor = connection.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []


def test_the_largest_size_depends_on_who_asks(gateway: GatewayProcess) -> None:
    sizes = []
    for account, kind in ((None, "natural_person"), ("acc-one", "natural_person"), ("acc-org", "organisation")):
        with gateway.client(account, kind) as client:  # type: ignore[arg-type]  # words of Kind
            sizes.append(int(client.options("/api/v1/uploads").headers["Tus-Max-Size"]) >> 20)
    assert sizes == [20, 1024, 2048]


def test_a_file_that_is_to_be_made_smaller_may_be_larger_than_a_material(gateway: GatewayProcess) -> None:
    with gateway.client() as client:
        path = create(client, 700 << 20, purpose="to_shrink")
        assert client.delete(path, headers=TUS).status_code == 204


def test_an_expired_upload_says_so_and_is_cleared_away(gateway: GatewayProcess, gateway_database: TestDatabase) -> None:
    with gateway.client() as client:
        path = create(client, 10)
        answer = patch(client, path, 0, b"12345")
        assert answer.headers["Upload-Expires"].endswith("GMT")
        upload_id = path.rsplit("/", 1)[1]
        sql(gateway_database, "UPDATE uploads SET expires_at = now() - interval '1 s' WHERE upload_id = %s", upload_id)
        assert client.head(path, headers=TUS).status_code == 410
        assert patch(client, path, 5, b"67890").json()["code"] == "upload_expired"
        assert gateway.staged(path).exists()
        client.delete(create(client, 1), headers=TUS)
        assert client.head(path, headers=TUS).status_code == 404
    assert not gateway.staged(path).exists()


def test_what_failed_while_it_was_created_leaves_nothing(
    gateway: GatewayProcess, gateway_database: TestDatabase
) -> None:
    with gateway.client("acc-nothing") as client:
        wrong = {**BODY, "Upload-Length": "8", "Upload-Checksum": checksum("sha1", b"other")}
        assert client.post("/api/v1/uploads", content=b"damaged!", headers=wrong).status_code == 460
        too_much = {**BODY, "Upload-Length": "3"}
        assert client.post("/api/v1/uploads", content=b"more than three", headers=too_much).status_code == 413
        other = {**TUS, "Upload-Length": "3", "Content-Type": "text/plain"}
        assert client.post("/api/v1/uploads", content=b"abc", headers=other).status_code == 415
    assert sql(gateway_database, "SELECT upload_id FROM uploads WHERE owner = 'acc-nothing'") == []


def test_a_body_without_a_length_is_taken_as_it_comes(gateway: GatewayProcess) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"one "
        yield b"two"

    with gateway.client() as client:
        path = create(client, 7)
        answer = client.patch(path, content=pieces(), headers={**BODY, "Upload-Offset": "0"})
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "7")
        assert patch(client, path, 7, b"").status_code == 204
    assert gateway.arrived(path) == b"one two"


def test_two_connections_never_write_to_one_upload(gateway: GatewayProcess) -> None:
    with gateway.client() as client:
        path = create(client, 10)
        staging = UploadStaging(gateway.objects / "uploads", open_store(gateway.objects.as_uri()))
        with staging.hold(path.rsplit("/", 1)[1]):
            answer = patch(client, path, 0, b"12345")
            assert (answer.status_code, answer.headers["Retry-After"]) == (423, "3")
            assert offset(client, path) == 0
        assert patch(client, path, 0, b"12345").status_code == 204


def hours_left(answer: httpx.Response) -> float:
    return (parsedate_to_datetime(answer.headers["Upload-Expires"]) - datetime.now(UTC)).total_seconds() / 3600


@pytest.mark.requirement("S-01")
def test_pictures_of_people_lie_in_the_clear_for_an_hour_at_most(gateway: GatewayProcess) -> None:
    """Unfinished or complete; those that are sealed then stay for a day, as nobody can read them."""
    left = {}
    with gateway.client("acc-pictured") as client:
        for purpose in ("photo_check", "id_image", "seal", "material", "no such purpose"):
            path = create(client, 10, purpose=purpose)
            created = hours_left(client.head(path, headers=TUS))
            begun = hours_left(patch(client, path, 0, b"12345"))
            done = hours_left(patch(client, path, 5, b"67890"))
            left[purpose] = [round(hours, 1) for hours in (created, begun, done)]
    assert left == {
        "photo_check": [1, 1, 1],
        "id_image": [1, 1, 24],
        "seal": [1, 1, 24],
        "material": [24, 24, 168],
        "no such purpose": [24, 24, 168],
    }


POLICY = """
[purposes]
material = 1
[lives]
seal = 1
id_image = 1
photo_check = 1
[roles.anonymous]
largest = 1
open_uploads = 1
total = 1
unfinished_life = 1
finished_life = 1
[roles.natural_person]
largest = 1
open_uploads = 3
total = 2
unfinished_life = 1
finished_life = 1
[roles.organisation]
largest = 1
open_uploads = 1
total = 1
unfinished_life = 1
finished_life = 1
[roles.staff]
largest = 1
open_uploads = 1
total = 1
unfinished_life = 1
finished_life = 1
"""


def test_a_deployments_own_limits_hold_and_offsets_survive_its_restart(
    databases: DatabaseFactory, keys: Path, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY)
    data = os.urandom(1 << 20)

    @contextmanager
    def started() -> Iterator[tuple[GatewayProcess, httpx.Client]]:
        environment = {"REGISTRY_UPLOAD_POLICY_FILE": str(policy), "REGISTRY_WEB_WORKERS": "1"}
        with (
            running_gateway(database, keys, tmp_path / "objects", **environment) as process,
            process.client() as client,
        ):
            yield process, client

    def refusal(client: httpx.Client, length: int) -> tuple[int, str]:
        answer = client.post("/api/v1/uploads", headers={**TUS, "Upload-Length": str(length)})
        return answer.status_code, answer.json()["code"]

    with databases.database("gateway") as database:
        with started() as (process, client):
            assert refusal(client, (1 << 20) + 1) == (413, "upload_too_large")
            path = create(client, len(data))
            process.send_and_cut(path, data, 300_001)
        with started() as (process, client):
            assert offset(client, path) == 300_001
            assert patch(client, path, 300_001, data[300_001:]).status_code == 204
            assert process.arrived(path) == data
            create(client, 1 << 19)
            assert refusal(client, 1 << 20) == (429, "upload_quota_full")
            create(client, 1 << 10)
            assert refusal(client, 1) == (429, "uploads_too_many")


@pytest.mark.parametrize(
    "broken",
    [
        *("[purposes]", POLICY.replace("open_uploads = 3\n", ""), POLICY.replace("photo_check = 1\n", "")),
        *(POLICY.replace("material", "other"), "not toml ["),
    ],
)
def test_a_policy_that_leaves_something_open_is_refused(broken: str) -> None:
    with pytest.raises(SettingsError):
        read_policies(broken)


class TableInMemory:
    """The table of uploads with one row."""

    row: UploadState

    def __init__(self, _: object) -> None:
        pass

    def holding_of(self, owner: str, network: str | None, now: datetime) -> tuple[int, int]:
        return 1, 8

    def expired(self, now: datetime, limit: int) -> list[str]:
        return []

    def add(self, upload: UploadState) -> None:
        type(self).row = upload

    def get(self, upload_id: str) -> UploadState:
        return self.row

    def advance(self, upload_id: str, received: int, expires_at: datetime) -> UploadState:
        type(self).row = UploadState(**(vars(self.row) | {"received": received, "expires_at": expires_at}))
        return self.row


def test_a_full_disk_keeps_what_arrived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers, "UploadTable", TableInMemory)
    store = open_store((tmp_path / "store").as_uri())
    runtime = SimpleNamespace(ask=None)
    registry: Any = SimpleNamespace(staging=UploadStaging(tmp_path / "uploads", store), runtime=runtime)
    caller: Any = SimpleNamespace(actor=Actor("acc-one", "natural_person"), signed_in=True, session="")
    uploads = handlers.Uploads(registry, caller)
    upload = uploads.create(8, "a.pdf", "material")
    really, pieces = os.write, iter([b"1234", b"5678"])

    def write(handle: int, data: bytes | memoryview) -> int:
        if bytes(data) == b"5678":
            raise OSError(errno.ENOSPC, "No space left on device")
        return really(handle, data)

    monkeypatch.setattr("chassis.objects.uploads.os.write", write)
    with pytest.raises(OSError, match="No space left"):  # gateway.web.errors says when to go on
        uploads.append(upload.upload_id, 0, 8, lambda _: next(pieces, b""), None)
    assert uploads.offset(uploads.get(upload.upload_id)) == 4
    assert uploads.get(upload.upload_id).expires_at > datetime.now(UTC)
