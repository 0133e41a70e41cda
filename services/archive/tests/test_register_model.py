"""The rules of the register: numbers, masking, and what to say about a number that was not found."""

from __future__ import annotations

import pytest
from archive.register.model import Author, Owner, diagnose, facts_of, format_number, public_author, public_owner


@pytest.mark.requirement("F-01")
@pytest.mark.parametrize(
    ("kind", "category", "sequence", "number"),
    [
        ("work", "A", 45, "国作登字-2026-A-00000045"),
        ("work", "F", 12345678, "国作登字-2026-F-12345678"),
        ("software", None, 123, "2026SR0000123"),
    ],
)
def test_a_number_has_the_form_that_the_register_prescribes(kind, category, sequence, number):
    assert format_number(kind, category, 2026, sequence) == number


def test_a_work_of_no_category_gets_no_number():
    with pytest.raises(ValueError, match="letter"):
        format_number("work", None, 2026, 1)


@pytest.mark.requirement("A-03")
@pytest.mark.parametrize(
    ("typed", "suggestion", "reasons"),
    [
        ("国作登字-2026-a-00000045", "国作登字-2026-A-00000045", ("letter_case",)),
        ("2026sr0000123", "2026SR0000123", ("letter_case",)),
        ("国作登字-2026-A-00000045\u200b", "国作登字-2026-A-00000045", ("invisible",)),
        ("\u202d2026SR0000123\u202c", "2026SR0000123", ("invisible",)),
        ("\ufeff２０２６SR0000123", "2026SR0000123", ("invisible", "full_width")),
        ("国作登字－2026－Ａ－00000045", "国作登字-2026-A-00000045", ("separators", "full_width")),
        ("２０２６ＳＲ０００００１２３", None, ("full_width",)),
        ("２０２６ＳＲ００００１２３", "2026SR0000123", ("full_width",)),
        (" 国作登字-2026-A-00000045 ", "国作登字-2026-A-00000045", ("spacing",)),
        ("國作登字-2026-A-00000045", "国作登字-2026-A-00000045", ("traditional_characters",)),
        ("2026-A-00000045", "国作登字-2026-A-00000045", ("missing_parts",)),
        ("作登字-2026-A-00000045", "国作登字-2026-A-00000045", ("missing_parts",)),
        ("国作登字2026A00000045", "国作登字-2026-A-00000045", ("missing_parts",)),
        ("国作登字-2026-A-45", "国作登字-2026-A-00000045", ("missing_zeros",)),
        ("软著登字第2026SR0000123号", "2026SR0000123", ("missing_parts",)),
        ("2026sr123", "2026SR0000123", ("letter_case", "missing_zeros")),
        ("国作登字-2026-A-00000045", None, ()),
    ],
)
def test_an_unknown_number_is_answered_with_its_right_spelling(typed, suggestion, reasons):
    diagnosis = diagnose(typed)
    assert diagnosis.suggestion == suggestion
    if suggestion:
        assert diagnosis.reasons == reasons


@pytest.mark.requirement("A-03")
@pytest.mark.parametrize(
    ("typed", "shape"),
    [
        ("2026Z11S000123", "serial_number"),
        ("2026z11l000045", "acceptance_number"),
        ("软著登字第0000123号", "certificate_number"),
        ("2019SR123456", "other"),  # a complete number of the old system: nothing is padded into a new one
        ("国作登字-2026-Z-00000045", "other"),
        ("hello", "other"),
        ("", "other"),
        ("国" * 60, "other"),
    ],
)
def test_other_numbers_are_recognised_for_what_they_are(typed, shape):
    assert diagnose(typed).looks_like == shape


@pytest.mark.requirement("A-02")
def test_the_public_sees_persons_masked_and_organisations_in_full():
    assert public_owner(Owner(name="张三")) == "张**"
    assert public_owner(Owner(name="欧阳修竹")) == "欧**"
    assert public_owner(Owner(name="北京某某科技有限公司", kind="organisation")) == "北京某某科技有限公司"
    assert public_author(Author(name="张三")) == "张**"
    assert public_author(Author(name="张三", signed_as="pseudonym", pseudonym="江上客")) == "江上客"
    assert public_author(Author(name="张三", signed_as="anonymous")) == "匿名"
    assert public_author(Author(name="某某公司", organisation=True)) == "某某公司"


def test_an_organisation_that_owns_and_made_the_work_is_an_author_by_name(approve):
    firm = {"name": "某某公司", "kind": "organisation"}
    facts = facts_of(approve(form={"authors": [{"name": "某某公司"}], "owners": [firm]}))
    assert facts.authors[0].organisation
    assert facts.applicant == "某某公司"


def test_an_approval_without_an_owner_cannot_be_registered(approve):
    with pytest.raises(ValueError, match="owner"):
        facts_of(approve(form={"owners": []}))


def test_an_unpublished_work_has_no_publication_date_whatever_the_form_still_holds(approve):
    assert facts_of(approve(form={"publication": "unpublished"})).publication_date is None
