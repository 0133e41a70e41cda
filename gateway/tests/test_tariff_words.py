"""What the amounts of the tariff rest on is told in the page's language."""

from __future__ import annotations

import re

import pytest
from gateway.pages.tariff_words import rests_on
from payment.tariff.store import shipped_rates

SHIPPED = ("shipped", "procedures", "certificates", "dealings", "changes")


@pytest.mark.requirement("P-01")
def test_every_shipped_basis_is_in_chinese_on_a_chinese_page() -> None:
    told = {str(row["source"]) for name in SHIPPED for row in shipped_rates(name)}
    assert len(told) > 40
    for source in told:
        assert re.search("[A-Za-z]", rests_on(source, "zh")) is None, source
        assert rests_on(source, "en") == source
    assert rests_on("京发改〔2026〕3号", "zh") == "京发改〔2026〕3号"
