"""The tariff: what is owed, from when, and that no case is without a fee."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import get_args

import pytest
from contracts.base import Empty
from contracts.forms import Category
from hypothesis import given, settings
from hypothesis import strategies as st
from payment.tariff.model import BEGINS, CODES, EXPEDITE, OPTIONAL, FeeBasis, Rate, Tariff
from payment.tariff.store import TariffRate, shipped_rates
from pydantic import TypeAdapter
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from contracts import payment as contract

TODAY = date(2026, 11, 23)
SHIPPED = [Rate(**row) for row in shipped_rates()]  # type: ignore[arg-type]
TARIFF = Tariff(SHIPPED)

bases = st.builds(
    FeeBasis,
    kind=st.just("work"),
    category=st.sampled_from(get_args(Category)),
    applicant_kind=st.sampled_from(["natural_person", "organisation"]),
    word_count=st.integers(0, 10**9),
    seconds=st.integers(0, 10**6),
    with_lyrics=st.booleans(),
    episodes=st.integers(0, 100),
    parts=st.integers(1, 200),
) | st.builds(FeeBasis, kind=st.just("software"), documents=st.integers(1, 9), exceptional=st.booleans())
days = st.dates(BEGINS, date(2100, 1, 1))


def total(tariff: Tariff = TARIFF, on: date = TODAY, **basis: object) -> int:
    return sum(fee.amount for fee in tariff.fees(FeeBasis.model_validate({"kind": "work", **basis}), on))


@pytest.mark.requirement("P-01")
@pytest.mark.parametrize("words", [0, 1, 100, 101, 5_000, 10_000, 85_000])
def test_a_persons_text_work_costs_300_yuan_whatever_its_length(words: int) -> None:
    assert total(category="A", applicant_kind="natural_person", word_count=words) == 30_000


@pytest.mark.requirement("P-01")
def test_an_organisations_software_costs_250_yuan() -> None:
    assert total(kind="software", applicant_kind="organisation") == 25_000


@pytest.mark.requirement("P-01")
@pytest.mark.parametrize(
    ("basis", "fen"),
    [
        ({"category": "A", "applicant_kind": "organisation", "word_count": 100}, 10_000),
        ({"category": "A", "applicant_kind": "organisation", "word_count": 101}, 15_000),
        ({"category": "A", "applicant_kind": "organisation", "word_count": 10_000}, 20_000),
        ({"category": "A", "applicant_kind": "organisation", "word_count": 10_001}, 30_000),
        ({"category": "M", "word_count": 50}, 10_000),
        ({"category": "B", "with_lyrics": False}, 20_000),
        ({"category": "F"}, 30_000),
        ({"category": "F", "parts": 10}, 30_000 + 9 * 10_000),
        ({"category": "O"}, 150_000),
        ({"category": "I", "seconds": 59}, 20_000),
        ({"category": "I", "seconds": 60}, 30_000),
        ({"category": "I", "seconds": 2_701}, 200_000),
        ({"category": "I", "seconds": 200, "parts": 3}, 30_000 + 2 * 5_000),
        ({"category": "H", "episodes": 40}, 400_000),
        ({"category": "A", "word_count": 90, "compilation": True}, 200_000),
        ({"category": "G", "compilation": True, "parts": 2}, 210_000),
        ({"category": "K"}, 50_000),
        ({"kind": "software", "documents": 3}, 25_000 + 2 * 8_000),
        ({"kind": "software", "exceptional": True}, 25_000 + 32_000),
        ({"kind": "software", "documents": 0}, 25_000),
        ({"kind": "software", "documents": 1}, 25_000),
        ({"kind": "software", "documents": 2, "exceptional": True, "parts": 1}, 25_000 + 8_000 + 32_000),
        ({"kind": "software", "applicant_kind": "natural_person"}, 25_000),
        ({"kind": "software", "applicant_kind": "organisation", "documents": 2}, 25_000 + 8_000),
    ],
)
def test_other_fees_follow_the_works_and_software_tariffs(basis: dict[str, object], fen: int) -> None:
    assert total(**basis) == fen


@pytest.mark.requirement("P-01")
@given(basis=bases, on=days)
@settings(max_examples=300)
def test_every_case_has_a_fee_on_every_day(basis: FeeBasis, on: date) -> None:
    fees = TARIFF.fees(basis, on)
    assert fees
    assert all(fee.amount == fee.rate.amount * fee.quantity for fee in fees if fee.rate.amount is not None)
    assert all(fee.rate.valid_from <= on and (fee.rate.valid_to is None or on <= fee.rate.valid_to) for fee in fees)


@pytest.mark.requirement("P-01")
def test_a_new_amount_holds_from_its_day_and_leaves_the_past_alone() -> None:
    day = date(2027, 1, 1)
    abolished = replace(TARIFF.in_force(TODAY)[CODES.index("software")], valid_from=day, amount=0)
    tariff = Tariff([*SHIPPED, abolished])
    assert total(tariff, day - timedelta(days=1), kind="software") == 25_000
    assert total(tariff, day, kind="software") == 0
    assert tariff.rate("software", TODAY).valid_to == day - timedelta(days=1)  # type: ignore[union-attr]


@pytest.mark.requirement("P-01")
def test_withdrawing_the_flat_fee_of_persons_leaves_the_fee_by_length() -> None:
    day = date(2027, 1, 1)
    tariff = Tariff([*SHIPPED, replace(TARIFF.in_force(TODAY)[0], valid_from=day, amount=None)])
    assert total(tariff, day, category="A", word_count=80) == 10_000
    assert total(tariff, day - timedelta(days=1), category="A", word_count=80) == 30_000


@pytest.mark.requirement("F-16")
@pytest.mark.parametrize("code", EXPEDITE)
def test_expedite_has_no_fee_until_an_operator_offers_it(code: str) -> None:
    assert TARIFF.single(code, TODAY) is None
    offered = next(rate for rate in SHIPPED if rate.code == code)
    tariff = Tariff([*SHIPPED, replace(offered, valid_from=TODAY, amount=50_000)])
    fee = tariff.single(code, TODAY)
    assert fee is not None
    assert (fee.amount, fee.quantity) == (50_000, 1)
    assert tariff.single(code, TODAY - timedelta(days=1)) is None
    assert tariff.single("nothing_of_the_kind", TODAY) is None


@pytest.mark.requirement("P-01")
def test_an_operator_gives_persons_a_rate_of_their_own_for_software_and_takes_it_back() -> None:
    day = date(2027, 1, 1)
    [shipped] = [rate for rate in SHIPPED if rate.code == "software_individual"]
    tariff = Tariff([*SHIPPED, replace(shipped, valid_from=TODAY, amount=10_000), replace(shipped, valid_from=day)])
    assert total(tariff, TODAY, kind="software") == 10_000
    assert total(tariff, TODAY, kind="software", applicant_kind="organisation") == 25_000
    assert total(tariff, day, kind="software") == 25_000


@pytest.mark.requirement("P-01")
@pytest.mark.parametrize("applicant", ["natural_person", "organisation"])
def test_the_whole_software_fee_ends_on_its_day_with_rows_of_nothing(applicant: str) -> None:
    """财税[2017]20号: an operator ends the fee, further documents and the exceptional deposit, each by a row."""
    day = date(2027, 4, 1)
    codes = ("software", "software_document", "software_exceptional_deposit")
    tariff = Tariff([*SHIPPED, *(replace(rate, valid_from=day, amount=0) for rate in SHIPPED if rate.code in codes)])
    basis = {"kind": "software", "applicant_kind": applicant, "documents": 3, "exceptional": True}
    assert total(tariff, day - timedelta(days=1), **basis) == 25_000 + 2 * 8_000 + 32_000
    assert total(tariff, day, **basis) == 0


@pytest.mark.parametrize("code", [code for code in CODES if code not in OPTIONAL])
def test_a_tariff_with_a_hole_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match=code):
        Tariff(rate for rate in SHIPPED if rate.code != code)
    with pytest.raises(ValueError, match=code):
        Tariff(replace(rate, amount=None) if rate.code == code else rate for rate in SHIPPED)


CHANGES = [TypeAdapter(Rate).validate_python(row) for name in ("procedures", "changes") for row in shipped_rates(name)]
AFTER_REGISTRATION = [*shipped_rates("procedures"), *shipped_rates("certificates")]
FEES = {
    "work_change": 15_000,
    "software_change": 15_000,
    "work_reissue": 5_000,
    "software_reissue": 5_000,
    "work_cancellation": 8_000,
    "software_cancellation": 0,
}


@pytest.mark.requirement("F-01")
@pytest.mark.parametrize("row", AFTER_REGISTRATION, ids=lambda row: row["code"])
def test_what_has_one_fee_is_a_row_and_nothing_else(row: dict[str, object]) -> None:
    rates = [Rate(**one) for one in AFTER_REGISTRATION]  # type: ignore[arg-type]
    tariff, day = Tariff([*SHIPPED, *rates]), date(2027, 4, 1)
    basis = {"kind": "work", "applicant_kind": "natural_person", "charge": row["code"]}
    assert total(tariff, **basis) == row["amount"] == FEES[row["code"]]
    assert row["code"] in [rate.code for rate in tariff.in_force(TODAY)]
    half = Tariff([*SHIPPED, *rates, *(replace(rate, valid_from=day, amount=7_500) for rate in rates)])
    assert (total(half, day - timedelta(days=1), **basis), total(half, day, **basis)) == (row["amount"], 7_500)
    with pytest.raises(ValueError, match="nothing_known"):
        total(tariff, charge="nothing_known")


def test_nothing_was_owed_before_the_system_began() -> None:
    with pytest.raises(LookupError):
        total(category="A", on=BEGINS - timedelta(days=1))


@pytest.mark.requirement("P-01")
def test_the_public_tariff_shows_amounts_in_force_with_their_source(counter) -> None:  # type: ignore[no-untyped-def]
    shown = counter.harness.call(contract.TARIFF, Empty())
    lines = {line.code: line for line in shown.lines}
    assert lines["text_individual"].amount == 30_000
    assert "300" in lines["text_individual"].source
    assert not [code for code in lines if code.startswith("expedite")]


@pytest.mark.requirement("P-01")
@pytest.mark.parametrize(
    "row",
    [
        pytest.param({"code": "software", "valid_from": BEGINS, "amount": 1}, id="two amounts on one day"),
        pytest.param({"code": "software", "valid_from": TODAY, "amount": None}, id="a gap"),
        pytest.param({"code": "software", "valid_from": TODAY, "amount": -1}, id="a negative amount"),
    ],
)
def test_the_database_refuses_gaps_and_overlaps(counter, row: dict[str, object]) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(IntegrityError), counter.harness.uow() as uow:
        uow.session.execute(insert(TariffRate).values(title_zh="", title_en="", source="", **row))


@pytest.mark.requirement("P-01")
@pytest.mark.parametrize(
    ("category", "day", "fen"),
    [
        ("H", date(2026, 11, 30), 100_000),
        ("O", date(2026, 11, 30), 75_000),
        ("J", date(2026, 11, 30), 25_000),
        ("F", date(2026, 11, 30), 15_000),
        ("", date(2026, 11, 30), 15_000),
        ("H", date(2026, 11, 29), 15_000),
    ],
)
def test_a_change_costs_half_of_what_its_category_costs(category: str, day: date, fen: int) -> None:
    """From the day of the rows; a category without one of its own has the general fee."""
    tariff = Tariff([*SHIPPED, *CHANGES])
    [fee] = tariff.fees(FeeBasis.model_validate({"kind": "work", "charge": "work_change", "category": category}), day)
    assert fee.amount == fen
    own = {rate.code: rate.amount for rate in tariff.in_force(day)}
    if fee.rate.code != "work_change":
        [first] = tariff.fees(FeeBasis.model_validate({"kind": "work", "category": category}), day)
        assert 2 * fen == first.amount == 2 * (own[fee.rate.code] or 0)
