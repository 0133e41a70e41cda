"""No page changes its colours with the width of the window, so that they are looked at in one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STYLES = Path(__file__).resolve().parents[2] / "gateway/gateway/static/css"
BY_WIDTH = re.compile(r"@media([^{]*width[^{]*)\{((?:[^{}]*\{[^{}]*\})*)\s*\}")
COLOURS = re.compile(r"(?:^|[;{\s])(--[\w-]+|color|background(?:-color|-image)?|opacity|filter|mix-blend-mode)\s*:")


def coloured_by_width(style: str) -> list[str]:
    return [
        f"{condition.strip()}: {rule}" for condition, body in BY_WIDTH.findall(style) for rule in COLOURS.findall(body)
    ]


@pytest.mark.requirement("W-04")
def test_colours_are_the_same_at_any_width() -> None:
    styles = sorted(STYLES.glob("*.css"))
    assert styles
    assert {style.name: found for style in styles if (found := coloured_by_width(style.read_text("utf-8")))} == {}


@pytest.mark.requirement("W-04")
@pytest.mark.parametrize("rule", ["color: #777", "background: none", "opacity: .5", "--ink: #888"])
def test_a_colour_by_width_is_found(rule: str) -> None:
    assert coloured_by_width(f"a {{ {rule} }} @media (max-width: 575px) {{ a {{ margin: 0 }} b {{ {rule} }} }}")
    assert not coloured_by_width(f"a {{ {rule} }} @media (max-width: 575px) {{ a {{ margin: 0 }} }}")
