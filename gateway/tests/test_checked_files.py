"""What is told of a file that was checked, in a line."""

from __future__ import annotations

from typing import Any

import pytest
from jinja2 import Environment, PackageLoader

import gateway


def fact_line(facts: dict[str, Any]) -> str:
    templates = Environment(loader=PackageLoader(gateway.__name__), autoescape=True)
    templates.filters.update(dict.fromkeys(("byte_size", "legal_date", "moment", "yuan"), str))
    templates.globals.update(_=lambda words, **values: words % values, counted=lambda words, n: words % {"n": n})
    parts: Any = templates.get_template("components/checks.html").make_module()
    return str(parts.fact_line({"size": 1000, "facts": facts})).strip()


@pytest.mark.requirement("F-11")
def test_of_sound_and_film_container_length_and_bitrate_are_told() -> None:
    media = {"container": "mp4", "duration": 3725.4, "bitrate": 128_400}
    assert fact_line({"media": media}) == "1000 · MP4 · 1:02:05 · 码率 128 kbit/s"
    assert fact_line({"media": {"container": "ogg", "duration": None, "bitrate": None}}) == "1000 · OGG"
    assert fact_line({}) == "1000"
