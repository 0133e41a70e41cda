"""Which tiers the office offers on a legal date: data of the deployment, read once per process."""

from __future__ import annotations

import os
import tomllib
from collections import Counter
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path

from contracts.base import Model
from contracts.forms import FilingType
from pydantic import Field, model_validator

from filing.forms.words import Words

_ALWAYS = date(2020, 8, 31)
"""First day of the system."""


class TierPolicy(Model):
    """A tier; not offered without a ``first_day``. Days are legal dates, both included."""

    code: str
    working_days: int = Field(ge=1, le=60)
    pay_working_days: int = Field(ge=1, le=15)
    tariff: str
    types: list[FilingType]
    title: Words
    first_day: date | None = None
    last_day: date | None = None

    def offered(self, day: date) -> bool:
        """Whether it can be asked for on a legal date."""
        return self.first_day is not None and self.first_day <= day <= (self.last_day or date.max)


class TierPolicies(Model):
    """All tiers, in the order in which they are shown."""

    tier: list[TierPolicy]

    @model_validator(mode="after")
    def _codes_are_unique(self) -> TierPolicies:
        twice = [code for code, times in Counter(tier.code for tier in self.tier).items() if times > 1]
        if twice:
            raise ValueError(f"two tiers are called {twice[0]}: a request would not know which is its own")
        return self


def read_tiers(text: str, *, sandbox: bool = False) -> list[TierPolicy]:
    """The tiers of a file in TOML; the ``sandbox`` offers those that have no day. ``ValidationError``,
    ``TOMLDecodeError`` say what is wrong."""
    tiers = TierPolicies.model_validate(tomllib.loads(text)).tier
    return [
        tier.model_copy(update={"first_day": _ALWAYS}) if sandbox and tier.first_day is None else tier for tier in tiers
    ]


@cache
def tiers(*, sandbox: bool) -> list[TierPolicy]:
    """The deployment's tiers; a file of its own says itself what it offers, in the sandbox too."""
    path = os.environ.get("FILING_EXPEDITE_FILE")
    if path:
        return read_tiers(Path(path).read_text(encoding="utf-8"))
    return read_tiers(resources.files(__package__).joinpath("tiers.toml").read_text(encoding="utf-8"), sandbox=sandbox)
