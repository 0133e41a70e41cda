"""A text in both languages."""

from __future__ import annotations

from typing import Literal

from contracts.base import Model

Language = Literal["zh", "en"]


class Words(Model):
    zh: str
    en: str

    def in_language(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


NOTHING = Words(zh="", en="")
