"""The policy that a case is judged by: that of the day it was filed; of a draft, today's."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from contracts.forms import FilingType

from filing.forms.applicant import Applicant
from filing.forms.model import Situation
from filing.forms.policy import FormPolicy, policies


class Pinned(Protocol):
    """A case as far as its policy goes; ``policy_on`` is None until it is filed."""

    @property
    def type(self) -> FilingType: ...
    @property
    def policy_on(self) -> date | None: ...


def policy_of(case: Pinned, today: date) -> FormPolicy:
    """The policy of the day the case was filed, while it is a draft: today's."""
    return policies().on(case.type, case.policy_on or today)


def situation_of(case: Pinned, applicant: Applicant | None, today: date) -> Situation:
    """What the rules stand on: policy and day of filing, and who files."""
    return Situation(policy_of(case, today), case.policy_on or today, applicant)
