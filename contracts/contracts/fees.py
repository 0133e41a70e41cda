"""What somebody says who wants to know a fee before there is a draft."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from contracts.base import Model


class FeeQuestion(Model):
    """What the fee of an application depends on. Lengths are those of a series' longest work; 0: not known, charged as
    the longest. ``type``: a procedure after registration (``work_change``, …), which has one fee whatever else is said;
    *work* needs a ``category``."""

    type: str = Field(default="", max_length=40)
    kind: Literal["work", "software"] = "work"
    category: str = Field(default="", max_length=1)
    applicant_kind: Literal["natural_person", "organisation"] = "natural_person"
    word_count: int = Field(default=0, ge=0, le=1_000_000_000, description="of text works")
    seconds: int = Field(default=0, ge=0, le=1_000_000_000, description="of audiovisual works")
    with_lyrics: bool = Field(default=True, description="of music")
    episodes: int = Field(default=0, ge=0, le=100_000, description="of a television series")
    compilation: bool = Field(default=False, description="made by selecting or arranging the works of others")
    parts: int = Field(default=1, ge=1, le=100_000, description="works of a series")
    documents: int = Field(default=1, ge=0, le=1000, description="kinds of documents that software is deposited with")
    exceptional: bool = Field(default=False, description="exceptional deposit of software")

    def facts(self) -> dict[str, str | int | bool]:
        """As the tariff takes them."""
        asked = self.model_dump(exclude={"type"})
        return asked | {"charge": self.type} if self.type else asked
