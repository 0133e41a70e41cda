"""What filing needs beyond what every service needs: a policy for each type of filing that is in force today."""

from __future__ import annotations

import tomllib

from chassis.clock import legal_date, utc_now
from chassis.readiness import NotFit
from chassis.runtime import Runtime
from pydantic import ValidationError

from filing.forms.policy import policies
from filing.types import TYPES


def require_a_policy(_runtime: Runtime) -> None:
    """Today's policy of every type can be read. ``NotFit`` with what is wrong with the file."""
    try:
        for name in TYPES:
            policies().on(name, legal_date(utc_now()))
    except (OSError, LookupError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise NotFit(f"the policy of filings cannot be used ({error}): correct FILING_POLICY_FILE") from None


SETTINGS = {"policy": require_a_policy}
