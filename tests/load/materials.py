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
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pikepdf
from chassis.actor import Actor, issue_access_token
from chassis.tokens import TokenSigner
from materials.testing.sample_files import A4, encoded, numbered_pdf, picture
from PIL import Image, ImageDraw
from registry_infra.folders import find_folders
from registry_infra.processes import Settings
from registry_infra.state import load_state
from registry_infra.testing import start_stack

from tests.load.memory import Memory

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
        return self.upload_timed(name, data)[0]

    def upload_timed(self, name: str, data: bytes) -> tuple[str, float]:
        """The upload's id, and when its last byte was sent."""
        last_byte = 0.0

        def body() -> Iterator[bytes]:
            nonlocal last_byte
            for start in range(0, len(data), MIB):
                yield data[start : start + MIB]
            last_byte = time.perf_counter()

        headers = {
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(len(data)),
            "Upload-Metadata": f"filename {base64.b64encode(name.encode()).decode()}",
            "Content-Type": "application/offset+octet-stream",
            "Content-Length": str(len(data)),
        }
        answer = self.http.post(f"{API}/uploads", content=body(), headers=headers)
        answer.raise_for_status()
        return answer.headers["Location"].rsplit("/", 1)[-1], last_byte

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


def scanned_pdf(scans: Sequence[bytes], pages: int) -> bytes:
    """An A4 page for each of ``pages``, every one with bytes of its own made from one of the JPEGs in turn."""
    document = pikepdf.new()
    for number in range(pages):
        scan = scans[number % len(scans)]
        width, height = Image.open(io.BytesIO(scan)).size
        page = document.add_blank_page(page_size=A4)
        image = document.make_stream(
            scan + number.to_bytes(4, "big") + os.urandom(8),
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=width,
            Height=height,
            ColorSpace=pikepdf.Name.DeviceRGB,
            BitsPerComponent=8,
            Filter=pikepdf.Name.DCTDecode,
        )
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Scan=image))
        page.Contents = document.make_stream(b"q 595 0 0 842 0 0 cm /Scan Do Q")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def picture_scan() -> bytes:
    """A 300 dpi colour page that does not compress: 6 MB."""
    return encoded(Image.effect_noise((2480, 3508), 80).convert("RGB"), quality=90, dpi=(300, 300))


def text_scans() -> list[bytes]:
    """200 dpi colour pages of something like writing, some 180 kB each."""
    scans = []
    for seed in range(4):
        page, source = Image.new("L", (1654, 2339), 248), random.Random(seed)
        pen = ImageDraw.Draw(page)
        for line in range(160, 2160, 72):
            for column in range(160, 1480, 40):
                x, y = column + source.randrange(6), line + source.randrange(4)
                pen.line((x, y, x + source.randrange(4, 18), y + source.randrange(4, 22)), fill=30, width=3)
        scans.append(encoded(page.convert("RGB"), quality=70, dpi=(200, 200)))
    return scans


def check_of(client: Client, what: str, file_name: str, data: bytes, profile: str, rounds: int = 1) -> None:
    """From the last byte sent: the upload answered, a check asked for, its first verdict seen, its last."""
    first, whole = [], []
    for turn in range(rounds):
        upload_id, last_byte = client.upload_timed(file_name, data + bytes([turn]))
        check = f"/prechecks/{client.check(upload_id, profile)}"
        client.until(check, lambda found: bool(found["first_verdict"] or found["verdict"]))
        first.append(time.perf_counter() - last_byte)
        found = client.until(check, lambda found: found["state"] == "done")
        whole.append(time.perf_counter() - last_byte)
    times = f"first verdict {shown(first)}, full check {shown(whole)}"
    print(f"{what}, {len(data) / MIB:.1f} MB: {times} after the last byte ({found['verdict']}), {load()}", flush=True)


def shown(seconds: list[float]) -> str:
    spread = f" ({min(seconds):.2f} to {max(seconds):.2f})" if len(seconds) > 1 else ""
    return f"{statistics.median(seconds):.2f} s{spread}"


def load() -> str:
    return f"load {os.getloadavg()[0]:.1f}"


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
    print(f"{count} small files: {seconds:.1f} s, {count / seconds:.0f} files/s, {load()}", flush=True)


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
    print(f"deposit of a project of {files} files: {shown(seconds)}, {load()}", flush=True)


def worker_of(data: Path) -> int:
    """Process id of the stack's materials worker."""
    state = load_state(find_folders(data).state)
    assert state is not None
    return next(part.pid for part in state.parts if part.name == "filing-materials" and part.pid)


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
        client = clients[0]
        worker = worker_of(data)
        with Memory(worker) as memory:
            deposit(client, 300, 5)
            scan = picture_scan()
            pictures = scanned_pdf([scan], arguments.megabytes * MIB // len(scan))
            check_of(client, "picture book", "画册.pdf", pictures, "text_pdf", 5)
            check_of(client, "1,000 pages of text", "长篇.pdf", numbered_pdf(1000), "text_pdf")
            check_of(client, "1,000 scanned pages", "扫描.pdf", scanned_pdf(text_scans(), 1000), "text_pdf")
            poster = encoded(picture(8600, 5900), quality=95, dpi=(300, 300))
            check_of(client, "50 megapixels", "海报.jpg", poster, "artwork_image", 5)
            small_files(clients, arguments.files)
        print(memory)


if __name__ == "__main__":
    main()
