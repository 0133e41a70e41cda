"""The work that the demonstration registers: a text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from chassis.documents import DocumentRenderer

from registry_infra.demo.job import BROKEN_AT, Demo
from registry_infra.demo.people import Applicant

TITLE = "江边旧事十二记"


def essay(author: str) -> bytes:
    """Twelve pages of Chinese prose as PDF."""
    return DocumentRenderer(Path(__file__).parent / "files").render("essay", {"title": TITLE, "author": author})


class WorkFiling:
    """作品登记 of a text; its upload breaks off once and is resumed."""

    kind = "work"
    words = "作品登记 → 文字作品"

    def form(self, person: Applicant) -> list[dict[str, Any]]:
        place = {"country": "中国", "province": "北京市", "city": "北京市"}
        return [
            {"title": TITLE, "category": "A", "creation_nature": "original", "word_count": 2300},
            {"completion_date": "2026-03-01", "completion_place": place, "publication": "unpublished"},
            {
                "authors": [{"name": person.name}],
                "owners": [{"name": person.name, "applicant": True}],
                "acquisition": "original",
                "ownership": "individual",
            },
            {
                "description": {
                    "purpose": "记录江边小镇几十年间的人和事，留给后来的人。",
                    "process": "二〇二五年冬天动笔，历时四个月，数易其稿，于二〇二六年三月定稿。",
                    "originality": "全部内容由作者根据亲身经历独立创作，没有改编或抄录他人作品。",
                },
                "contact": {"name": person.name, "mobile": person.mobile, "address": "北京市朝阳区江边路 12 号"},
            },
        ]

    def pdf(self, person: Applicant) -> bytes:
        """The text that is filed."""
        return essay(person.name)

    def send(self, demo: Demo) -> None:
        pdf = self.pdf(demo.applicant)
        upload_id = demo.me.upload(pdf, f"{TITLE}.pdf", break_at=BROKEN_AT)
        demo.me.post(f"{demo.path}/materials", {"role": "sample", "upload_id": upload_id})
        demo.step(f"上传 Uploaded the PDF by tus, {len(pdf) // 1024} KB, resumed after a break")
