"""Resumable uploads as tus 1.0.0 says, against real gateways, through cuts, kills and replicas."""

from __future__ import annotations

import hashlib
import os
import random
import socket
from collections.abc import Callable

import httpx
import pytest
from gateway.testing import BODY, TUS, GatewayProcess, checksum, create, metadata, offset, patch
from gateway.uploads.model import clean_file_name

Until = Callable[[Callable[[], bool]], None]

pytestmark = pytest.mark.requirement("F-08")


def test_the_server_says_what_it_offers(gateway: GatewayProcess) -> None:
    answer = gateway.client().options("/api/v1/uploads")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    offered = set(answer.headers["Tus-Extension"].split(","))
    assert offered == {"creation", "creation-with-upload", "checksum", "termination", "expiration"}
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"


def test_a_files_name_is_one_line_that_can_be_read() -> None:
    tower = "\u0308\u0301\u0306\u030c\u0302" * 3
    assert clean_file_name(f"C:\\文稿\\石{tower}头\u0007\u202e.pdf") == "石\u0308\u0301\u0306\u030c头.pdf"
    assert clean_file_name("Việt Nam.pdf") == "Việt Nam.pdf"


def test_a_file_sent_in_pieces_is_stored_under_its_sha256(gateway: GatewayProcess) -> None:
    data = random.Random(1).randbytes(3_000_001)
    with gateway.client() as client:
        path = create(client, len(data))
        assert offset(client, path) == 0
        for start in range(0, len(data), 1_000_000):
            answer = patch(client, path, start, data[start : start + 1_000_000])
            assert answer.status_code == 204
            assert answer.headers["Tus-Resumable"] == "1.0.0"
        shown = client.get(path).json()
    assert shown["object"] == {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    assert shown["file_name"] == "作品.pdf"
    assert gateway.arrived(path) == data


def test_head_repeats_length_metadata_and_expiry(gateway: GatewayProcess) -> None:
    with gateway.client() as client:
        headers = client.head(create(client, 5, purpose="material"), headers=TUS).headers
    assert headers["Upload-Length"] == "5"
    assert headers["Upload-Metadata"] == metadata(filename="作品.pdf", purpose="material")
    assert headers["Upload-Expires"].endswith("GMT")


def test_the_first_bytes_may_come_with_the_creation(gateway: GatewayProcess) -> None:
    with gateway.client() as client:
        answer = client.post("/api/v1/uploads", content=b"hello ", headers={**BODY, "Upload-Length": "11"})
        assert answer.status_code == 201
        assert answer.headers["Upload-Offset"] == "6"
        path = httpx.URL(answer.headers["Location"]).path
        assert patch(client, path, 6, b"world").status_code == 204
    assert gateway.arrived(path) == b"hello world"


def test_an_empty_file_is_complete_at_once(gateway: GatewayProcess) -> None:
    with gateway.client() as client:
        path = create(client, 0)
        assert client.get(path).json()["object"]["size"] == 0


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_checksum_is_verified_and_a_damaged_part_is_not_kept(gateway: GatewayProcess, algorithm: str) -> None:
    with gateway.client() as client:
        path = create(client, 8)
        assert patch(client, path, 0, b"good", **{"Upload-Checksum": checksum(algorithm, b"good")}).status_code == 204
        refused = patch(client, path, 4, b"baad", **{"Upload-Checksum": checksum(algorithm, b"good")})
        assert refused.status_code == 460
        assert refused.json()["code"] == "upload_checksum_mismatch"
        assert offset(client, path) == 4
        assert patch(client, path, 4, b"more", **{"Upload-Checksum": checksum(algorithm, b"more")}).status_code == 204
    assert gateway.arrived(path) == b"goodmore"


def test_wrong_requests_get_the_protocol_s_status_codes(gateway: GatewayProcess) -> None:
    with gateway.client() as client:
        path = create(client, 10)
        assert client.post("/api/v1/uploads", headers={"Upload-Length": "1"}).status_code == 412
        assert client.post("/api/v1/uploads", headers=TUS).status_code == 400
        assert client.post("/api/v1/uploads", headers={**TUS, "Upload-Length": "-1"}).status_code == 400
        bad = {**TUS, "Upload-Length": "1", "Upload-Metadata": "filename ***"}
        assert client.post("/api/v1/uploads", headers=bad).status_code == 400
        too_large = client.post("/api/v1/uploads", headers={**TUS, "Upload-Length": str(201 << 20)})
        assert too_large.status_code == 413
        assert too_large.headers["Content-Type"] == "application/problem+json"
        assert patch(client, path, 3, b"x").status_code == 409
        assert patch(client, path, 0, b"x" * 11).status_code == 413
        assert patch(client, path, 0, b"x", **{"Upload-Checksum": "md5 AAAA"}).status_code == 400
        assert patch(client, path, 0, b"x", **{"Upload-Checksum": "sha1 !!!"}).status_code == 400
        for short in ("sha1 AAAA", "sha256 AAAA", "sha1 " + "A" * 44):  # a checksum, and not this part's
            assert patch(client, path, 0, b"x", **{"Upload-Checksum": short}).status_code == 460
        assert patch(client, path, 10**16, b"x").status_code == 409
        assert client.patch(path, content=b"x", headers={**TUS, "Upload-Offset": "0"}).status_code == 415
        assert client.patch(path, content=b"x", headers=BODY).status_code == 400
        assert client.head("/api/v1/uploads/unknown", headers=TUS).status_code == 404
        assert client.head(path).status_code == 412
        assert offset(client, path) == 0


@pytest.mark.parametrize("length", ["999999999999999", "1000000000000000", "9" * 20, "9" * 30])
def test_a_size_beyond_all_limits_is_too_large_and_no_mistake(gateway: GatewayProcess, length: str) -> None:
    with gateway.client() as client:
        answer = client.post("/api/v1/uploads", headers={**TUS, "Upload-Length": length})
        assert (answer.status_code, answer.json()["code"]) == (413, "upload_too_large")


@pytest.mark.parametrize(
    ("header", "extension"),
    [
        ({"Upload-Concat": "partial", "Upload-Length": "5"}, "concatenation"),
        ({"Upload-Concat": "final;/api/v1/uploads/a /api/v1/uploads/b"}, "concatenation"),
        ({"Upload-Defer-Length": "1"}, "creation-defer-length"),
    ],
)
def test_extensions_that_are_not_offered_are_refused_by_name(
    gateway: GatewayProcess, header: dict[str, str], extension: str
) -> None:
    """At the first request: a client that sends parts would find out at the last one."""
    with gateway.client() as client:
        answer = client.post("/api/v1/uploads", headers={**TUS, **header})
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (400, "upload_extension_unsupported")
        assert extension in problem["detail"]
        assert extension not in answer.headers["Tus-Extension"].split(",")


def test_a_terminated_upload_is_gone(gateway: GatewayProcess) -> None:
    with gateway.client() as client:
        path = create(client, 10)
        patch(client, path, 0, b"12345")
        assert client.delete(path, headers=TUS).status_code == 204
        assert client.head(path, headers=TUS).status_code == 404
        assert patch(client, path, 5, b"67890").status_code == 404


def test_methods_may_be_overridden_where_the_network_lets_only_post_through(gateway: GatewayProcess) -> None:
    with gateway.client() as client:
        path = create(client, 4)
        headers = {**BODY, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
        assert client.post(path, content=b"data", headers=headers).status_code == 204


def test_after_a_cut_head_says_what_arrived_and_another_replica_goes_on(
    gateway: GatewayProcess, replica: GatewayProcess
) -> None:
    data = random.Random(2).randbytes(2_000_000)
    with gateway.client() as client, replica.client() as other:
        path = create(client, len(data))
        gateway.send_and_cut(path, data, 1_234_567)
        arrived = offset(other, path)
        assert arrived == 1_234_567
        assert patch(other, path, arrived, data[arrived:]).status_code == 204
    assert gateway.arrived(path) == data


def test_bytes_under_a_checksum_do_not_count_until_it_is_verified(gateway: GatewayProcess) -> None:
    data = b"z" * 1_000_000
    with gateway.client() as client:
        path = create(client, len(data))
        head = (
            f"PATCH {path} HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {gateway.token()}\r\n"
            "Tus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\n"
            f"Upload-Checksum: {checksum('sha256', data)}\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", gateway.port)) as connection:
            connection.sendall(head.encode() + data[:700_000])
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass
        assert offset(client, path) == 0


@pytest.mark.requirement("S-02")
def test_workers_killed_in_the_middle_cost_only_what_was_on_its_way(gateway: GatewayProcess, until: Until) -> None:
    chance = random.Random(3)
    data = chance.randbytes(4_000_000)
    token = gateway.token()
    with gateway.client() as client:
        path = create(client, len(data))
    sent = 0
    while sent < len(data):
        head = (
            f"PATCH {path} HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {token}\r\nTus-Resumable: 1.0.0\r\n"
            f"Content-Type: application/offset+octet-stream\r\nUpload-Offset: {sent}\r\n"
            f"Content-Length: {len(data) - sent}\r\n\r\n"
        )
        part = data[sent : sent + 1_300_000]
        last = sent + len(part) == len(data)
        with socket.create_connection(("127.0.0.1", gateway.port)) as connection:
            connection.sendall(head.encode() + part)
            staged = gateway.objects / "uploads" / f"{path.rsplit('/', 1)[-1]}.part"
            if last:
                connection.settimeout(10)
                assert b"204" in connection.recv(100)
            else:
                reached = sent + len(part) - 300_000
                until(lambda reached=reached, staged=staged: staged.stat().st_size >= reached)
                gateway.kill_workers()
        gateway.wait()
        with gateway.client() as client:
            now = offset(client, path)
        assert now >= sent + len(part) - 300_000
        sent = now
    assert gateway.arrived(path) == data


def test_a_worker_killed_after_the_last_byte_leaves_a_usable_upload(gateway: GatewayProcess) -> None:
    data = os.urandom(100_000)
    with gateway.client() as client:
        path = create(client, len(data))
        patch(client, path, 0, data[:60_000])
        with (gateway.objects / "uploads" / f"{path.rsplit('/', 1)[-1]}.part").open("ab") as staged:
            staged.write(data[60_000:])
        assert offset(client, path) == len(data)
        assert client.get(path).json()["object"]["sha256"] == hashlib.sha256(data).hexdigest()
    assert gateway.arrived(path) == data


def test_an_upload_belongs_to_its_account(gateway: GatewayProcess) -> None:
    with gateway.client("acc-one") as owner, gateway.client("acc-two") as other, gateway.client(None) as visitor:
        path = create(owner, 10)
        for stranger in (other, visitor):
            assert stranger.head(path, headers=TUS).status_code == 404
            assert patch(stranger, path, 0, b"x").status_code == 404
            assert stranger.delete(path, headers=TUS).status_code == 404
            assert stranger.get(path).status_code == 404


def test_visitors_may_upload_small_files_and_use_them_by_their_id(gateway: GatewayProcess) -> None:
    with gateway.client(None) as visitor:
        path = create(visitor, 4, purpose="seal")
        assert patch(visitor, path, 0, b"seal").status_code == 204
        headers = {**TUS, "Upload-Length": str(21 << 20)}
        assert visitor.post("/api/v1/uploads", headers=headers).json()["code"] == "upload_too_large"


def test_a_forged_token_is_refused(gateway: GatewayProcess) -> None:
    token = gateway.token()[:-6] + "AAAAAA"
    answer = httpx.post(
        f"{gateway.url}/api/v1/uploads", headers={**TUS, "Upload-Length": "1", "Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_signed_in"


def test_a_plain_form_uploads_without_script(gateway: GatewayProcess) -> None:
    with gateway.client() as client:
        answer = client.post("/api/v1/uploads", files={"file": ("../../作品.pdf", b"%PDF-1.7 form", "application/pdf")})
        assert answer.status_code == 201
        assert answer.json()["file_name"] == "作品.pdf"
        assert answer.json()["object"]["sha256"] == hashlib.sha256(b"%PDF-1.7 form").hexdigest()
        assert client.post("/api/v1/uploads", files={"file": ("a.pdf", b"", "application/pdf")}).status_code == 422
