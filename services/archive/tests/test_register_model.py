"""The rules of the register: numbers, masking, and what to say about a number that was not found."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from archive.register import numbers
from archive.register.model import Author, Owner, particulars_of, public_author, public_owner
from archive.register.numbers import diagnose, format_number, format_of

from .conftest import software


@pytest.mark.requirement("F-01")
@pytest.mark.parametrize(
    ("series", "category", "sequence", "number"),
    [
        ("work", "A", 45, "国作登字-2026-A-00000045"),
        ("work", "F", 12345678, "国作登字-2026-F-12345678"),
        ("software", None, 123, "2026SR0000123"),
        ("software", None, 9_999_999, "2026SR9999999"),
        ("software_certificate", None, 123, "软著登字第0000123号"),
        ("software_certificate", None, 12_345_678, "软著登字第12345678号"),
    ],
)
def test_a_number_has_the_form_that_the_register_prescribes(series, category, sequence, number):
    assert format_number(series, date(2026, 11, 28), sequence, category) == number


def test_a_new_form_of_numbers_holds_from_its_day(monkeypatch):
    day = date(2027, 1, 1)
    longer = numbers.Format("software", day, "{year}SR{sequence:08d}", "a notice")
    known = (longer, *numbers.formats())
    monkeypatch.setattr(numbers, "formats", lambda: known)
    assert format_number("software", day - timedelta(days=1), 5) == "2026SR0000005"
    assert format_number("software", day, 5) == "2027SR00000005"
    with pytest.raises(LookupError):
        format_of("software", date(2020, 8, 30))


def test_a_work_of_no_category_and_a_kind_nobody_knows_get_no_number(approve):
    for changes in ({"form": {"category": None}}, {"form": {"category": "Z"}}):
        with pytest.raises(ValueError, match="category"):
            particulars_of(approve(**changes))
    with pytest.raises(ValueError, match="kind"):
        particulars_of(approve().model_copy(update={"kind": "topography"}))


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
        ("软著登字第123号", "软著登字第0000123号", ("missing_zeros",)),
        (" 软著登字第0000123号", "软著登字第0000123号", ("spacing",)),
        ("軟著登字第０００0123號", "软著登字第0000123号", ("full_width", "traditional_characters")),
        ("软著登字0000123", "软著登字第0000123号", ("missing_parts",)),
        ("2019SR123456", None, ()),
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
        ("软著登字第12345678号", "certificate_number"),
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
    facts = particulars_of(approve(form={"authors": [{"name": "某某公司"}], "owners": [firm]}))
    assert facts.authors[0].organisation
    assert facts.applicant == "某某公司"


def test_an_approval_without_an_owner_cannot_be_registered(approve):
    with pytest.raises(ValueError, match="owner"):
        particulars_of(approve(form={"owners": []}))


def test_an_unpublished_work_has_no_publication_date_whatever_the_form_still_holds(approve):
    assert particulars_of(approve(form={"publication": "unpublished"})).publication_date is None


def test_software_states_its_names_version_and_the_rights_that_were_taken():
    stated = particulars_of(software(form={"rights_scope": "partial", "rights": ["reproduction", "rental"]}))
    assert (stated.title, stated.short_name, stated.version) == ("红叶文档管理软件", "红叶", "V2.0")
    assert (stated.category, stated.authors, stated.rights) == (None, [], ["reproduction", "rental"])
    assert particulars_of(software(form={"rights": ["rental"]})).rights == [], "all rights: none are named"
