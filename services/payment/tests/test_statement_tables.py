"""Tables of banks are read piece by piece, and say the same as if they were read at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from payment.statements.formats import tables
from payment.statements.formats.tables import read_csv

pytestmark = pytest.mark.requirement("P-03")


@given(st.text('ab,"账\r\n\v\f\x1c\x85\u2028', max_size=40))
def test_pieces_of_a_text_have_the_same_lines(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "_PIECE", 3)
        assert list(tables._lines(text)) == text.splitlines()


def test_a_row_that_lies_across_two_pieces_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [f"2026-11-{day:02d},CNY,{day}.00,,转账,张三,说明{day}" for day in range(1, 29)]
    text = "\r\n".join(["招商银行", "记账日期,货币,交易金额,联机余额,交易摘要,对手信息,客户摘要", *rows])
    whole = read_csv(text)
    monkeypatch.setattr(tables, "_PIECE", 7)
    assert read_csv(text) == whole
    assert [(row.line, row.amount) for row in whole[1][0].rows] == [(day + 2, day * 100) for day in range(1, 29)]


@pytest.mark.parametrize(
    ("above", "account"),
    [
        ("账户：某单位\n账号：6222000099998888\n", "6222000099998888"),
        ("账户：某单位\n", ""),
        ("账户,XX公司\n账号,6222****8888\n", "6222****8888"),
        ("账户:ABC公司\n卡号：６２２２０００１\n", "６２２２０００１"),
        ("账户：xx8888\n", "xx8888"),
    ],
)
def test_the_name_above_a_table_is_no_account(above: str, account: str) -> None:
    table = "记账日期,货币,交易金额,联机余额,交易摘要,对手信息,客户摘要\n2026-11-20,CNY,1.00,,转账,张三,"
    [part] = read_csv(above + table)[1]
    assert part.account == account
