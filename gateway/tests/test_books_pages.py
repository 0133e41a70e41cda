"""Files of the books: numbers stay numbers, and no text of a stranger is a formula; the chart fits its frame."""

from __future__ import annotations

import pytest
from chassis.errors import Problem
from contracts.books import MonthlyIncome
from flask import Flask
from gateway.pages.income_chart import HEIGHT, WIDTH, chart
from gateway.pages.sheets import amount, csv_file
from gateway.pages.staff_refunds import fen


@pytest.mark.requirement("P-04")
def test_a_file_has_numbers_as_numbers_and_no_formula() -> None:
    with Flask(__name__).test_request_context():
        answer = csv_file(
            "x", ["=名称"], [["=HYPERLINK(1)", amount(-30_005)], ["-1+1", amount(None)], ["＝1", amount(7)]]
        )
    text = answer.get_data(as_text=True)
    assert text == "\ufeff'=名称\r\n'=HYPERLINK(1),-300.05\r\n'-1+1,\r\n'＝1,0.07\r\n"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("text", "expected"), [("300", 30_000), ("¥1,234.5", 123_450), ("0.01", 1), (" 7.00 ", 700)])
def test_what_people_type_in_yuan(text: str, expected: int) -> None:
    assert fen(text, "amount") == expected


@pytest.mark.parametrize("text", ["", "-1", "1.234", "1e3", "三百", "１２", "1 000", "0x1"])
def test_what_is_no_amount_is_refused_at_its_field(text: str) -> None:
    with pytest.raises(Problem) as refused:
        fen(text, "amount")
    assert [error.field for error in refused.value.errors] == ["amount"]


def test_bars_stay_in_the_drawing() -> None:
    items = [
        MonthlyIncome(month=f"2026-{month:02d}", method=method, received=received, refunded=0)
        for month in range(1, 13)
        for method, received in (("wechat", 100 * month), ("alipay", 0), ("bank", 1))
    ]
    drawn = chart(items)
    assert (len(drawn.bars), len(drawn.months), drawn.most) == (36, 12, 1200)
    for bar in drawn.bars:
        assert 0 <= bar.x < bar.x + bar.width <= WIDTH
        assert 0 <= bar.y <= HEIGHT
        assert bar.y + bar.height == pytest.approx(HEIGHT)
    assert chart([]).bars == ()
