"""服务指南: what each guide is given to show."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.errors import Problem
from contracts.forms import FormDescription
from gateway.forms.described import Described

from gateway import guides


def _described(paper: list[str], required: bool = True) -> Described:
    return Described(FormDescription.model_construct(title="登记", steps=[], paper_required=required, paper=paper))


def _paper_guide() -> Any:
    return next(guide for guide in guides.GUIDES if guide.name == "paper").facts()


@pytest.mark.requirement("F-10")
def test_the_guide_to_paper_lists_what_each_kind_of_registration_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"work_registration": _described(["样本"]), "software_registration": _described(["鉴别材料"])}
    monkeypatch.setattr(guides, "describe", lambda name: asked[name])
    assert [form.paper for form in _paper_guide()["forms"]] == [["样本"], ["鉴别材料"]]
    asked["software_registration"] = _described(["鉴别材料"], required=False)
    assert [form.paper for form in _paper_guide()["forms"]] == [["样本"]]


def test_the_guide_to_paper_stands_without_filing(monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable(_: str) -> Described:
        raise Problem("service_unavailable")

    monkeypatch.setattr(guides, "describe", unavailable)
    assert _paper_guide() == {"policy": None, "forms": []}
