"""Deposits of a filer's software, uploaded and built as over the API, in the system of one process."""

from __future__ import annotations

import io
from typing import Any

from materials.deposit import typesetting
from materials.testing.sample_files import picture, zip_of

from services.filing.tests.software_forms import software
from tests.forms.filers import Filer

NAME, VERSION = "山居图书管理软件", "V1.0"
ROWS = 50
"""Lines on a page of a program."""


def program(lines: int) -> bytes:
    """An archive of a program with so many lines, none of them blank."""
    text = "\n".join(f"shelf_{number} = lend({number})" for number in range(lines))
    return zip_of({"library/main.py": text.encode()})


def manual(name: str = NAME, version: str = VERSION, lines: int = 90) -> bytes:
    return "\n".join(f"{name}{version} 用户手册第 {n} 行：借书、还书与盘点" for n in range(lines)).encode()


def program_pdf(pages: int, header: str = f"{NAME} {VERSION}", rows: int = ROWS) -> bytes:
    """A deposit that was made elsewhere."""
    texts = [[f"shelf_{page}_{row} = lend({row})" for row in range(rows)] for page in range(pages)]
    return typesetting.source_pages(texts, {"title": header, "version": ""})


def manual_pdf(header: str = f"{NAME} {VERSION}", pages: int = 2, rows: int = 35) -> bytes:
    texts = [[f"第 {page} 页第 {row} 行：借书、还书与盘点" for row in range(rows)] for page in range(pages)]
    return typesetting.document_pages(texts, {"title": header, "version": ""})


def scanned_pdf(pages: int) -> bytes:
    """Pages that are pictures, with nothing that can be read."""
    out, page = io.BytesIO(), picture(620, 877, mode="L")
    page.save(out, "PDF", save_all=True, append_images=[page] * (pages - 1))
    return out.getvalue()


def work(filer: Filer) -> None:
    """Everything that waits in filing is checked and built."""
    filer.system.services["filing"].run_worker()


def draft(filer: Filer, **changes: Any) -> str:
    """A complete form of software; the application's id."""
    return str(filer.draft("software", filer.own(software(**changes)))["application_id"])


def view(filer: Filer, case: str) -> dict[str, Any]:
    found: dict[str, Any] = filer.get(f"/applications/{case}")
    return found


def attach(filer: Filer, case: str, **files: bytes) -> dict[str, Any]:
    """Uploads a file for each role; the case when they are checked."""
    for role, data in files.items():
        upload_id = filer.upload(data, f"{role}.pdf")
        filer.post(f"/applications/{case}/materials", {"role": role, "upload_id": upload_id})
    work(filer)
    return view(filer, case)


def build(filer: Filer, case: str, source: bytes = b"", document: bytes = b"", **asked: Any) -> dict[str, Any]:
    """Lets a deposit be made by the case's form; the job when it has ended."""
    if source:
        asked["source"] = [filer.upload(source, "sources.zip")]
    if document:
        asked["document"] = filer.upload(document, "用户手册.txt")
    job_id = filer.post(f"/applications/{case}/deposits", asked)["job_id"]
    work(filer)
    job: dict[str, Any] = filer.get(f"/jobs/{job_id}")
    return job


def use(filer: Filer, case: str, job: dict[str, Any]) -> dict[str, Any]:
    """Puts what was made into the case; the case when its files are checked."""
    assert job["state"] == "done", job
    filer.post(f"/applications/{case}/deposits/{job['job_id']}")
    work(filer)
    return view(filer, case)


def take_over(filer: Filer, case: dict[str, Any]) -> dict[str, Any]:
    """One save of what the deposit offers to the form."""
    changed = {"form": case["report"]["suggestions"]}
    path, known = f"/applications/{case['application_id']}", {"If-Match": str(case["version"])}
    filer.sent("PATCH", path, json=changed, headers=known)
    work(filer)
    return view(filer, case["application_id"])


def said(case: dict[str, Any], severity: str = "error") -> dict[str, str]:
    """Code → field of what keeps a draft from being filed; of a material its role."""
    roles = {f"materials.{item['material_id']}": f"materials.{item['role']}" for item in case["materials"]}
    found = [item for item in case["report"]["problems"] if item["severity"] == severity]
    return {item["code"]: roles.get(item["field"], item["field"]) for item in found}


def pages_of(case: dict[str, Any], role: str = "program") -> int:
    check = next(item["precheck"] for item in case["materials"] if item["role"] == role)
    return int(check["facts"]["pdf"]["pages"])


def submit(filer: Filer, case: str) -> str:
    """Signs and submits; the serial number."""
    filer.post(f"/applications/{case}/declaration")
    filed = filer.post(f"/applications/{case}/submission", {"otp": filer.code("sign")})
    filer.system.settle()
    return str(filed["serial_number"])
