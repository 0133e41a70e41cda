"""A text work that is a plain text file becomes the PDF that is asked for, word for word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest

Repair = Callable[..., Any]

pytestmark = [pytest.mark.requirement("F-07"), pytest.mark.requirement("F-04")]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_plain_text_is_set_on_numbered_pages_without_losing_a_word(repair: Repair, encoding: str) -> None:
    lines = [f"第 {number} 章　山居的日子，溪水与松声。" if number % 3 else "" for number in range(1, 101)]
    done = repair("text_pdf", "\n".join(lines).encode(encoding))
    assert (done.before.verdict, done.result.after.verdict) == ("fixable", "pass")
    assert done.change("text_typeset")["pages"] == 3
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(done.output))
    written, shown = ("".join(part.split()) for part in ("".join(lines), text))
    assert all(f"第{number}章山居的日子，溪水与松声。" in shown for number in (1, 50, 100))
    assert sum(map(shown.count, "章。")) == sum(map(written.count, "章。"))


def test_bytes_that_are_no_text_are_not_set(repair: Repair) -> None:
    assert repair("text_pdf", b"\x01\x02 " * 100, "text_convertible").result.refusal in (
        "repair_unknown",
        "repair_impossible",
    )
