"""Checks and deposits through the API of a stack of its own, or with ``--data FOLDER`` of a running one.

Prints one line per figure. The stack's own keys make the access tokens, so it has to be a sandbox of this machine.
"""

from __future__ import annotations

import argparse
import base64
import io
import os
import random
import statistics
import tarfile
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pikepdf
from chassis.actor import Actor, issue_access_token
from chassis.testing.sample_files import numbered_pdf
from chassis.tokens import TokenSigner
from PIL import Image
from registry_infra.folders import find_folders
from registry_infra.processes import Settings
from registry_infra.testing import start_stack

MIB = 1 << 20
API = "/api/v1"


class Client:
    """One account that uploads and asks for checks."""

    def __init__(self, settings: Settings, account: str) -> None:
        actor = Actor(account, "natural_person", frozenset(), "load")
        token = issue_access_token(TokenSigner.load(settings.keys / "identity", "identity"), actor, ttl=900)
        self.http = httpx.Client(
            base_url=f"http://127.0.0.1:{settings.gateway_port}",
            headers={"Authorization": f"Bearer {token}"},
            timeout=120,
        )

    def upload(self, name: str, data: bytes) -> str:
        headers = {
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(len(data)),
            "Upload-Metadata": f"filename {base64.b64encode(name.encode()).decode()}",
            "Content-Type": "application/offset+octet-stream",
        }
        answer = self.http.post(f"{API}/uploads", content=data, headers=headers)
        answer.raise_for_status()
        return answer.headers["Location"].rsplit("/", 1)[-1]

    def check(self, upload_id: str, profile: str) -> str:
        answer = self.http.post(f"{API}/prechecks", json={"upload_id": upload_id, "profile": profile})
        answer.raise_for_status()
        return str(answer.json()["precheck_id"])

    def get(self, path: str) -> dict[str, Any]:
        answer = self.http.get(f"{API}{path}")
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def until(self, path: str, done: Callable[[dict[str, Any]], bool], every: float = 0.02) -> dict[str, Any]:
        while not done(found := self.get(path)):
            time.sleep(every)
        return found


def scanned_pdf(megabytes: int) -> bytes:
    """Pages of 300 dpi colour scans, each different, as one PDF of about that size."""
    picture = io.BytesIO()
    Image.effect_noise((2480, 3508), 80).convert("RGB").save(picture, "JPEG", quality=90, dpi=(300, 300))
    scan = picture.getvalue()
    document = pikepdf.new()
    for number in range(max(1, megabytes * MIB // len(scan))):
        page = document.add_blank_page(page_size=(595, 842))
        image = pikepdf.Stream(document, scan + number.to_bytes(4, "big") + os.urandom(8))
        image.stream_dict.update(
            {
                "/Type": pikepdf.Name.XObject,
                "/Subtype": pikepdf.Name.Image,
                "/Width": 2480,
                "/Height": 3508,
                "/ColorSpace": pikepdf.Name.DeviceRGB,
                "/BitsPerComponent": 8,
                "/Filter": pikepdf.Name.DCTDecode,
            }
        )
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Scan=document.make_indirect(image)))
        page.Contents = pikepdf.Stream(document, b"q 595 0 0 842 0 0 cm /Scan Do Q")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def first_verdict(client: Client, megabytes: int, rounds: int) -> None:
    """From the moment the upload is complete: the last byte's answer, a check asked for, its first verdict seen."""
    data = scanned_pdf(megabytes)
    first, whole = [], []
    for _ in range(rounds):
        upload_id = client.upload("画册.pdf", data[:-1] + os.urandom(1))
        started = time.perf_counter()
        check = f"/prechecks/{client.check(upload_id, 'text_pdf')}"
        client.until(check, lambda found: bool(found["first_verdict"] or found["verdict"]))
        first.append(time.perf_counter() - started)
        client.until(check, lambda found: found["state"] == "done")
        whole.append(time.perf_counter() - started)
    size = f"{len(data) / MIB:.0f} MB"
    print(f"first verdict on a PDF of {size}: {statistics.median(first):.2f} s ({min(first):.2f} to {max(first):.2f})")
    print(f"full check of the same PDF: {statistics.median(whole):.1f} s")


def many_pages(client: Client, pages: int) -> None:
    upload_id = client.upload("长篇.pdf", numbered_pdf(pages))
    started = time.perf_counter()
    client.until(f"/prechecks/{client.check(upload_id, 'text_pdf')}", lambda found: found["state"] == "done")
    print(f"full check of {pages} pages: {time.perf_counter() - started:.2f} s")


def small_files(clients: list[Client], count: int) -> None:
    """Small photographs, uploaded before; timed from the first request for a check to the last result."""
    source = random.Random(1)
    uploads = []
    for number in range(count):
        picture = io.BytesIO()
        colour = tuple(source.randrange(256) for _ in range(3))
        Image.new("RGB", (300 + number % 50, 200), colour).save(picture, "JPEG", comment=str(number).encode())
        client = clients[number % len(clients)]
        uploads.append((client, client.upload(f"{number}.jpg", picture.getvalue())))
    started = time.perf_counter()
    with ThreadPoolExecutor(4) as pool:
        checks = list(pool.map(lambda pair: (pair[0], pair[0].check(pair[1], "photograph")), uploads))
    for client, check in checks:
        client.until(f"/prechecks/{check}", lambda found: found["state"] == "done", every=0.2)
    seconds = time.perf_counter() - started
    print(f"{count} small files: {seconds:.1f} s, {count / seconds:.0f} files/s")


def deposit(client: Client, files: int, rounds: int) -> None:
    """A project of Python files of some 150 lines each, as one archive."""
    seconds = []
    for turn in range(rounds):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as archive:
            for number in range(files):
                lines = (
                    f"    value_{line} = compute({number}, {line}, turn={turn})  # 第 {line} 步" for line in range(150)
                )
                data = f"def part_{number}(compute):\n{chr(10).join(lines)}\n".encode()
                entry = tarfile.TarInfo(f"project/part_{number:03}.py")
                entry.size = len(data)
                archive.addfile(entry, io.BytesIO(data))
        upload_id = client.upload("project.tar", out.getvalue())
        started = time.perf_counter()
        body = {"title": "山居图书管理软件", "version": "V1.0", "source": [upload_id]}
        answer = client.http.post(f"{API}/deposits", json=body)
        answer.raise_for_status()
        found = client.until(f"/jobs/{answer.json()['job_id']}", lambda job: job["state"] in ("done", "failed"))
        assert found["state"] == "done", found["refusal"]
        seconds.append(time.perf_counter() - started)
    print(f"deposit of a project of {files} files: {statistics.median(seconds):.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="data folder of a running stack")
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--megabytes", type=int, default=198)
    arguments = parser.parse_args()
    with ExitStack() as stack:
        data = arguments.data
        if data is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            data = stack.enter_context(start_stack(Path(folder))).data
        settings = Settings.load(find_folders(data).settings)
        clients = [Client(settings, f"acc-load-{number}") for number in range(1 + arguments.files // 350)]
        deposit(clients[0], 300, 3)
        first_verdict(clients[0], arguments.megabytes, 3)
        many_pages(clients[0], 1000)
        small_files(clients, arguments.files)


if __name__ == "__main__":
    main()
