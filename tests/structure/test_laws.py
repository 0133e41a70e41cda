"""Each law that a policy or a decision cites by article is on the page of laws, with that article."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from gateway.laws import laws

SERVICES = Path(__file__).parents[2] / "services"
CITED = re.compile(r"《([^》]+)》((?:、?第[一二三四五六七八九十百]+条)+)")
PLACES = (
    "filing/filing/forms/policy.toml",
    "filing/filing/examination/texts/zh.po",
    "archive/archive/office_acts/hearing.toml",
)


@pytest.mark.requirement("A-07")
@pytest.mark.parametrize("place", PLACES)
def test_what_is_cited_is_on_the_page_of_laws(place: str) -> None:
    known = {law.zh: {article.number for article in law.articles} for law in laws()}
    for title, articles in CITED.findall((SERVICES / place).read_text(encoding="utf-8")):
        [held] = [numbers for name, numbers in known.items() if name in (title, f"中华人民共和国{title}")]
        assert set(articles.split("、")) <= held, (title, articles)


def test_every_law_has_its_place_and_says_where_it_is_published() -> None:
    names = [law.name for law in laws()]
    assert len(names) == len(set(names))
    assert all(law.source.startswith("https://") and law.issued.keys() == {"zh", "en"} for law in laws())
