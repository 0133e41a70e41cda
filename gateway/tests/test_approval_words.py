"""What an approval does is told of each procedure by itself: only a first registration gets a number."""

from __future__ import annotations

from typing import get_args

import pytest
from contracts.filing import ApplicationView
from contracts.forms import FilingType, Procedure
from gateway.forms import testing
from gateway.pages.approval_words import APPROVALS, approval_of
from gateway.pages.staff_decisions import decisions, said
from gateway.pages.staff_register import OfRegister

pytestmark = pytest.mark.requirement("F-11")
NUMBER = "国作登字-2026-F-00000001"


def case(filing_type: str) -> ApplicationView:
    return ApplicationView.model_construct(
        application_id="app_1",
        type=filing_type,
        kind=filing_type.partition("_")[0],
        title="灯下集",
        state="approved",
        about=NUMBER,
        allowed_actions=["approve"],
        order=None,
        opposed_by=None,
    )


def told(filing_type: str, locale: str) -> str:
    """All that an examiner reads before and after the approval, but for the page around it."""
    with testing.application().test_request_context(f"/?lang={locale}"):
        words = approval_of(filing_type)
        one = case(filing_type)
        [choice] = decisions(one, OfRegister())
        asked = [str(line) for line in (words.question, *words.effects, words.confirm)]
        return "\n".join([choice.name, choice.more, *asked, said(one, one), str(words.approved), str(words.done)])


def test_each_procedure_has_words_of_its_own() -> None:
    assert set(APPROVALS) == set(get_args(Procedure))
    for name in get_args(FilingType):
        assert approval_of(name) is APPROVALS[name.partition("_")[2]]
    for locale in ("zh", "en"):
        assert len({told(name, locale) for name in get_args(FilingType)}) == len(APPROVALS)


@pytest.mark.parametrize("kind", ["work", "software"])
@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("zh", ("登记被撤销", "证书不再有效", "撤销登记证明", "确认撤销这项登记")),
        ("en", ("is cancelled", "no longer valid", "proof of the cancellation", "cancel this registration")),
    ],
)
def test_who_approves_a_cancellation_reads_that_the_registration_ends(
    kind: str, locale: str, words: tuple[str, ...]
) -> None:
    found = told(f"{kind}_cancellation", locale)
    for one in words:
        assert one in found, one


def test_only_a_first_registration_gets_a_number() -> None:
    for name in get_args(FilingType):
        found = told(name, "zh")
        first = name.endswith("_registration")
        assert ("给出登记号" in found, "准予登记" in found) == (first, first), name
        assert "灯下集" in found
        assert "%(" not in found
