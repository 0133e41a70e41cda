"""Numbers of persons and organisations."""

from __future__ import annotations

import csv
import os
from datetime import date
from pathlib import Path

import pytest
from identity.accounts import id_numbers
from identity.accounts.id_numbers import NumberInvalid

TODAY = date(2026, 11, 23)
_DATA = Path(os.environ.get("REGISTRY_TEST_DATA", Path(__file__).parents[4] / "shared" / "data")) / "ids" / "cn-ids.tsv"


@pytest.mark.requirement("I-01")
@pytest.mark.parametrize(
    ("id_type", "text", "stored_type", "stored"),
    [
        ("resident_id", "11010519491231002X", "resident_id", "11010519491231002X"),
        ("resident_id", " 110105 19491231-002x ", "resident_id", "11010519491231002X"),
        ("resident_id", "１１０１０５１９４９１２３１００２Ｘ", "resident_id", "11010519491231002X"),
        ("resident_id", "440524188001010014", "resident_id", "440524188001010014"),
        ("residence_permit", "810000199408230021", "residence_permit", "810000199408230021"),
        ("residence_permit", "830000199201300022", "residence_permit", "830000199201300022"),
        ("resident_id", "810000199408230021", "residence_permit", "810000199408230021"),
        ("hk_macao_permit", "h12345678", "hk_macao_permit", "H12345678"),
        ("taiwan_permit", "12345678", "taiwan_permit", "12345678"),
        ("passport", "E12345678", "passport", "E12345678"),
        ("permanent_resident_card", "ABC123456789012", "permanent_resident_card", "ABC123456789012"),
    ],
)
def test_good_numbers_are_stored_in_one_form(id_type: str, text: str, stored_type: str, stored: str) -> None:
    assert id_numbers.id_number(id_type, text, TODAY) == (stored_type, stored)  # type: ignore[arg-type]


@pytest.mark.requirement("I-01")
@pytest.mark.parametrize(
    ("id_type", "text", "reason"),
    [
        ("resident_id", "110105194912310021", "check_digit"),
        ("resident_id", "11010519491231002", "format"),
        ("resident_id", "", "format"),
        ("resident_id", "110105194913310056", "birth_date"),
        ("resident_id", "110105203012310026", "birth_date"),
        ("resident_id", "990105194912310023", "region"),
        ("residence_permit", "11010519491231002X", "region"),
        ("hk_macao_permit", "12345678", "format"),
        ("passport", "E1", "format"),
        ("taiwan_permit", "1234567", "format"),
        ("permanent_resident_card", "110105194912310020", "format"),
    ],
)
def test_bad_numbers_say_what_is_wrong(id_type: str, text: str, reason: str) -> None:
    with pytest.raises(NumberInvalid) as caught:
        id_numbers.id_number(id_type, text, TODAY)  # type: ignore[arg-type]
    assert caught.value.reason == reason


@pytest.mark.requirement("I-02")
def test_social_credit_codes_are_checked() -> None:
    assert id_numbers.social_credit_code("91350100m000100y43") == "91350100M000100Y43"
    assert id_numbers.social_credit_code("12110000400000018T") == "12110000400000018T"
    for text, reason in (("91350100M000100Y44", "check_digit"), ("91350100I000100Y43", "format"), ("", "format")):
        with pytest.raises(NumberInvalid) as caught:
            id_numbers.social_credit_code(text)
        assert caught.value.reason == reason


@pytest.mark.requirement("I-12")
@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("11010519491231002X", "1101**********002X"),
        ("H12345678", "H1*****78"),
        ("E12345", "E****5"),
        ("123", "***"),
    ],
)
def test_masks_never_show_more_than_half(number: str, shown: str) -> None:
    assert id_numbers.mask(number) == shown


@pytest.mark.parametrize("text", ["13800138000", "+86 138 0013 8000", "0086-13800138000", "１３８００１３８０００"])
def test_mobile_numbers_are_stored_in_one_form(text: str) -> None:
    assert id_numbers.mobile(text) == "13800138000"


@pytest.mark.parametrize("text", ["", "12800138000", "1380013800", "138001380001", "13800a38000", "٠٣٨٠٠١٣٨٠٠٠"])
def test_other_numbers_are_no_mobile_numbers(text: str) -> None:
    with pytest.raises(NumberInvalid):
        id_numbers.mobile(text)


@pytest.mark.skipif(not _DATA.exists(), reason="the shared test data is not here")
def test_published_examples_are_read_as_published() -> None:
    """python-stdnum's own examples. Its county table is the one difference: see ``_PROVINCES``."""
    checked = 0
    with _DATA.open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            if row["operation"] != "validate" or row["expected"] == "InvalidComponent":
                continue
            good = row["expected"].startswith("'")
            try:
                if row["kind"] == "uscc":
                    id_numbers.social_credit_code(row["input"])
                else:
                    id_numbers.id_number("resident_id", row["input"], TODAY)
                assert good, row
            except NumberInvalid:
                assert not good, row
            checked += 1
    assert checked > 20
