"""Fees before there is an order: what somebody says who has no draft yet, and the fees of many works together."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from contracts.base import SIGNED_IN, Model, RpcMethod
from contracts.batches import MOST_WORKS
from contracts.payment import FeeEstimate, ReckonFee


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


class ReckonedAlike(ReckonFee):
    """Works that are charged by the same facts."""

    works: Annotated[int, Field(ge=1, le=MOST_WORKS)]


class ReckonFees(Model):
    """The works of a batch."""

    groups: Annotated[list[ReckonedAlike], Field(max_length=MOST_WORKS)]


RECKON_FEES = RpcMethod("payment", "reckon_fees", ReckonFees, FeeEstimate, SIGNED_IN)
