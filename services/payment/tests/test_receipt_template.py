"""The receipt for a paid order."""

import io
import json
from pathlib import Path

import payment
import pytest
from chassis.documents import DocumentRenderer, rmb_words
from pypdf import PdfReader

SAMPLE = Path(__file__).parent / "samples" / "receipt.json"
RENDERER = DocumentRenderer(Path(payment.__file__).parent / "orders" / "templates")


@pytest.mark.requirement("P-04")
def test_a_receipt_shows_payer_lines_and_total_in_figures_and_words() -> None:
    data = json.loads(SAMPLE.read_text(encoding="utf-8")) | {
        "total_fen": 123456700,
        "total_words": rmb_words(123456700),
    }
    [page] = PdfReader(io.BytesIO(RENDERER.render("receipt", data | {"refunded_fen": 5}))).pages
    text = page.extract_text().replace("\n", "")
    for part in ("王小明", "¥300.00", "¥1,234,567.00", "壹佰贰拾叁万肆仟伍佰陆拾柒元整", "¥0.05"):
        assert part in text, part
