"""Titles that say nothing about the work ("绘画教程", "我的作品2", "Untitled") are questioned.

A title is generic when nothing is left of it once general words, numbers and punctuation are taken away. The applicant
may keep it (``title_confirmed``): the office's practice is to ask, not to forbid (domain: works, reasons for refusal).
"""

from __future__ import annotations

from importlib import resources

from filing.forms import generic

_WORDS = generic.general_words(resources.files(__package__).joinpath("generic_titles.txt"))


def is_generic(title: str) -> bool:
    """Whether the title consists of general words only (also "2026", "《》" and the like)."""
    return generic.is_generic(title, _WORDS)
