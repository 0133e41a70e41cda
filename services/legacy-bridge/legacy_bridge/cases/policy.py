"""The old rules' periods as data (``policy.toml``), by the day from which they held."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from contracts.forms import Kind


@dataclass(frozen=True)
class Policy:
    """Lengths in days, or working days where the name says so; ``legal_basis``: by period and language."""

    valid_from: date
    payment_working_days: int
    correction_days: int
    software_examination_days: int
    work_examination_days: int
    legal_basis: Mapping[str, dict[str, str]]

    def examination_days(self, kind: Kind) -> int:
        """Of the office, from acceptance."""
        return self.software_examination_days if kind == "software" else self.work_examination_days


@cache
def policies() -> tuple[Policy, ...]:
    """Newest first."""
    text = resources.files(__package__).joinpath("policy.toml").read_text(encoding="utf-8")
    found = (Policy(**entry) for entry in tomllib.loads(text)["policy"])
    return tuple(sorted(found, key=lambda policy: policy.valid_from, reverse=True))


def policy_of(filed_on: date) -> Policy:
    """What held on the day of filing; for one before all of them, the first."""
    return next((policy for policy in policies() if policy.valid_from <= filed_on), policies()[-1])
