"""A guide is found by what people call the thing, in either language."""

from __future__ import annotations

import re

import pytest
from gateway.finding_guides import CALLED

from tests.one_process import System

pytestmark = pytest.mark.requirement("W-01")
ENTRY = re.compile(r'<li><a href="([^"]+)"><strong>')
SOUGHT = {
    "改名": "/registration/procedures/work_change",
    "我的软件改名了怎么办": "/registration/procedures/software_change",
    "rename": "/registration/procedures/software_change",
    "转让": "/registration/procedures/work_assignment",
    "卖给别人": "/registration/procedures/software_assignment",
    "transfer": "/registration/procedures/work_assignment",
    "独家使用": "/registration/procedures/work_licence",
    "exclusive licence": "/registration/procedures/software_licence",
    "贷款": "/registration/procedures/work_pledge",
    "mortgage": "/registration/procedures/software_pledge",
    "解除质押": "/registration/procedures/work_release",
    "loan repaid": "/registration/procedures/work_release",
    "证书丢了": "/registration/procedures/work_reissue",
    "Lost certificate": "/registration/procedures/software_reissue",
    "补证": "/registration/procedures/software_reissue",
    "取消登记": "/registration/procedures/work_cancellation",
    "cancel": "/registration/procedures/software_cancellation",
    "封存": "/account/certificates",
    "trade secret": "/account/certificates",
    "EMS": "/account/certificates",
    "退款": "/guides/fees",
    "忘记密码": "/recovery",
    "批量": "/account/batches",
    "代理人": "/guides/real-name",
    "law firm": "/guides/real-name",
    "agent files for us": "/guides/real-name",
    "colleague second user": "/guides/real-name",
    "旧系统": "/legacy",
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("text", SOUGHT)
def test_what_one_wants_to_do_is_found_by_ones_own_words(system: System, text: str, language: str) -> None:
    page = system.client().get("/guides", query_string={"text": text, "lang": language})
    found = ENTRY.findall(page.text)
    assert SOUGHT[text] in found
    assert len(found) <= 10, "a word that finds everything finds nothing"


def test_the_index_has_all_and_says_what_to_do_where_nothing_is_found(system: System) -> None:
    visitor = system.client()
    index = visitor.get("/guides").text
    all_entries = ENTRY.findall(index)
    assert set(SOUGHT.values()) <= set(all_entries)
    for place in sorted(set(all_entries)):
        assert visitor.get(place).status_code in (200, 303), place
    procedures = {place.rpartition("/")[2].partition("_")[2] for place in all_entries if "/procedures/" in place}
    assert procedures <= CALLED.keys()
    nothing = visitor.get("/guides", query_string={"text": "xyzzy"}).text
    assert ENTRY.findall(nothing) == []
    assert "010-61092299" in nothing
    assert "&lt;b&gt;" in visitor.get("/guides", query_string={"text": "<b>"}).text
