"""Certificates print whole, whatever the length of what they certify."""

import io
import json
from pathlib import Path
from typing import Any

import archive
import pytest
from chassis.documents import DocumentRenderer
from pypdf import PdfReader

SAMPLES = Path(__file__).parent / "samples"
RENDERER = DocumentRenderer(Path(archive.__file__).parent / "certificates" / "templates")

pytestmark = pytest.mark.requirement("A-01")


def pages(sample: str, *, template: str = "", **changes: Any) -> list[str]:
    data = json.loads((SAMPLES / f"{sample}.json").read_text(encoding="utf-8")) | changes
    reader = PdfReader(io.BytesIO(RENDERER.render(template or sample, data)))
    return [page.extract_text().replace("\n", "") for page in reader.pages]


def test_a_work_certificate_shows_every_particular_on_one_page() -> None:
    [page] = pages("work_certificate")
    for text in (
        "国作登字-2026-A-00000045",
        "山海之间：一个人的旅行笔记",
        "文字作品",
        "王小明（中国）",
        "2026年3月15日",
        "2026年5月1日",
        "2026年11月23日",
        "《作品自愿登记试行办法》",
    ):
        assert text in page, text


def test_a_work_without_publication_date_is_unpublished() -> None:
    assert "未发表" in pages("work_certificate", published_on=None)[0]


def test_a_software_certificate_shows_its_numbers_on_one_page() -> None:
    [page] = pages("software_certificate")
    assert "2026SR0000123" in page
    assert "软著登字第0000123号" in page
    assert "《计算机软件著作权登记办法》" in page


def test_a_title_of_a_thousand_characters_and_thirty_owners_go_to_the_annex() -> None:
    owners = [f"第{i}文化传播有限责任公司（中国）" for i in range(30)]
    front, *annex = pages("work_certificate", title="很长的作品名称" * 143, owners=owners)
    assert "全文见附页" in front
    assert "等30项（全部见附页）" in front
    assert "2026年11月23日" in front
    whole = "".join(annex)
    assert whole.count("很") == 143
    assert all(owner in whole for owner in owners)


def test_six_owners_and_a_long_title_still_fit_the_front() -> None:
    owners = ["北京某某某某某某文化传播股份有限公司第一分公司（中国）"[:24] + str(i) for i in range(6)]
    assert len(pages("work_certificate", title="名" * 140, owners=owners, authors=owners)) == 1


def test_a_proof_shows_each_particular_before_and_after_whatever_their_length() -> None:
    label = {"zh": "著作权人", "en": "Copyright owners"}
    before, after = ([f"第{i}文化{kind}公司（中国）" for i in range(30)] for kind in ("有限", "股份"))
    changes = [
        {"label": {"zh": "作品名称", "en": "Title of the work"}, "before": ["旧名"], "after": ["𬱖名" * 99]},
        {"label": label, "before": before, "after": after},
        {"label": {"zh": "首次发表日期", "en": "Date of first publication"}, "before": [], "after": ["2026年5月1日"]},
    ]
    for language, words in (
        ("zh", ("变更前的著作权人", "补充首次发表日期")),
        ("en", ("Copyright owners (before)", "(added)")),
    ):
        front, *annex = pages("change_proof", changes=changes, language=language)
        for text in (*words, "旧名", "作登变补字第00000001号", "国作登字-2026-A-00000045"):
            assert text in front, text
        whole = "".join(annex)
        assert whole.count("𬱖") == 99
        assert all(owner in whole for owner in (*before, *after))


@pytest.mark.requirement("A-05")
@pytest.mark.parametrize("template", ["work_certificate", "software_certificate"])
def test_a_certificate_that_is_issued_anew_says_so_beside_the_longest_names(template: str) -> None:
    said = "更正后换发（登记机构书写有误），第12版，2026年11月30日；以前的证书由本证书取代"
    owners = [f"第{i}𬱖文化传播有限责任公司北京市海淀区第一分公司（中国）" for i in range(30)]
    anew = {"edition": said, "sealed": "2026-11-30", "sealed_on": "2026年11月30日"}
    front, *annex = pages(template, title="𬱖名" * 99, owners=owners, **anew)
    assert said in front
    assert front.endswith("2026年11月30日") or "2026年11月30日" in front.replace(said, "")
    assert all(owner in "".join(annex) for owner in owners)


@pytest.mark.requirement("A-05")
def test_a_proof_of_revocation_says_of_what_and_why() -> None:
    owners = [f"第{i}𬱖文化传播有限责任公司（中国）" for i in range(30)]
    for kind, clause in (("work", "《作品自愿登记试行办法》"), ("software", "《计算机软件著作权登记办法》")):
        facts = {"kind": kind, "ground": "最终的司法判决", "name": {"zh": "撤销登记证明", "en": "Proof of Revocation"}}
        more = {"number": "作登撤字第00000001号", "title": "𬱖名" * 99, "owners": owners}
        front, *annex = pages("change_proof", template="revocation_proof", **facts, **more)
        for text in ("作登撤字第00000001号", "最终的司法判决", clause):
            assert text in front, text
        assert all(owner in "".join(annex) for owner in owners)
