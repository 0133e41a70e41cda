"""指南文字 by its pages, without script: written by one, published by another, shown in the guide, taken away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from chassis.clock import legal_date
from chassis.signing import create_sandbox_pki
from chassis.testing import staff_actor
from chassis.testing.databases import DatabaseFactory
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from tests.one_process import System, running_system

pytestmark = pytest.mark.requirement("A-07")
DRAFT = {
    "place": "software",
    "section": "materials",
    "zh": "**请注意**\n\n- 见[收费标准](/guides/fees)\n- [坏](javascript:alert(1)) <script>alert(1)</script>",
    "en": "**Please note**: see [the fees](/guides/fees).",
    "valid_from": legal_date(datetime.now(UTC)).isoformat(),
}


@pytest.fixture(scope="module")
def system(databases: DatabaseFactory, keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    create_sandbox_pki(keys / "pki")
    with running_system(databases, keys, tmp_path_factory.mktemp("system")) as running:
        yield running


def administrator(system: System, number: int) -> FlaskClient:
    return system.client(system.token(staff_actor("administrator", id=f"acc-admin-{number}")))


def main(answer: TestResponse, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return html.fromstring(answer.text).find(".//main")


def test_a_text_is_written_published_shown_and_taken_away(system: System) -> None:
    one, other, visitor = administrator(system, 1), administrator(system, 2), system.client()
    assert main(one.post("/staff/guide-texts/new", data={**DRAFT, "en": ""}), 422).find_class("error-summary")
    before = {**DRAFT, "valid_to": "2020-01-01"}
    assert main(one.post("/staff/guide-texts/new", data=before), 422).find_class("error-summary")
    page = one.post("/staff/guide-texts/new", data=DRAFT).headers["Location"]
    for client, waiting in ((one, "0"), (other, "1")):
        [card] = main(client.get("/staff")).xpath(".//a[.//span[text()='待您发布的指南文字']]")
        assert card.xpath("string(.//span[@class='queue-count'])") == waiting, "not by who wrote it"
    drafts = main(other.get(card.get("href")))
    assert drafts.xpath(".//a[@data-row]/@href") == [page]
    assert " ".join(drafts.xpath("string(.//a[@aria-current])").split()) == "草稿，等待发布 1"
    assert main(one.post(f"{page}/publication"), 403).find_class("error-summary")
    assert not main(visitor.get("/guides/software")).find_class("office-words")
    other.post(f"{page}/publication")
    [shown] = main(visitor.get("/guides/software")).find_class("office-words")
    assert shown.xpath(".//strong/text()") == ["请注意"]
    assert shown.xpath(".//a/@href") == ["/guides/fees"]
    assert not shown.xpath(".//script | .//img")
    assert "<script>alert(1)</script>" in shown.text_content()
    [english] = main(visitor.get("/guides/software?lang=en")).find_class("office-words")
    assert "Please note" in english.text_content()
    assert "正在显示" in main(one.get("/staff/guide-texts")).text_content()
    one.post(f"{page}/end", data={"reason": "写错了"})
    assert not main(visitor.get("/guides/software?lang=zh")).find_class("office-words")
    assert "写错了" in main(one.get(page)).text_content()


def test_programs_read_what_is_shown(system: System) -> None:
    one, other, visitor = administrator(system, 1), administrator(system, 2), system.client()
    made = one.post("/api/v1/staff/guide-texts", json={**DRAFT, "place": "work_change", "section": "introduction"})
    assert made.status_code == 201, made.text
    other.post(f"/api/v1/staff/guide-texts/{made.json['text_id']}/publication")
    [words] = visitor.get("/api/v1/guides/work_change/words").json["items"]
    assert (words["section"], words["zh"]) == ("introduction", DRAFT["zh"])
    [shown] = main(visitor.get("/registration/procedures/work_change")).find_class("office-words")
    assert "请注意" in shown.text_content()
    assert visitor.get("/api/v1/guides/Not-A-Place/words").status_code == 422
    fee = main(visitor.get("/guides/fees/calculator?what=work_change&category=H"))
    assert "1,000.00" in fee.text_content()
    assert main(visitor.get("/guides/laws")).xpath(".//h2[@id='copyright-law']")
