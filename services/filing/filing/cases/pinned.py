"""The policy that a case is judged by: that of the day it was filed; of a draft, today's."""

from __future__ import annotations

from datetime import date

from filing.cases.store import Case
from filing.forms.applicant import Applicant
from filing.forms.model import Situation
from filing.forms.policy import FormPolicy, policies


def policy_of(case: Case, today: date) -> FormPolicy:
    return policies().on(case.type, case.policy_on or today)


def situation_of(case: Case, applicant: Applicant | None, today: date) -> Situation:
    """What the rules stand on: policy and day of filing, and who files."""
    return Situation(policy_of(case, today), case.policy_on or today, applicant)
