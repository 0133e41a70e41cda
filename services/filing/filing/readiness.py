"""What filing needs beyond what every service needs: a policy for each kind of filing that is in force today."""

from __future__ import annotations

import tomllib
from typing import get_args

from chassis.clock import legal_date, utc_now
from chassis.readiness import NotFit
from chassis.runtime import Runtime
from contracts.forms import Kind
from pydantic import ValidationError

from filing.forms.policy import policies


def require_a_policy(_runtime: Runtime) -> None:
    try:
        for kind in get_args(Kind):
            policies().on(kind, legal_date(utc_now()))
    except (OSError, LookupError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise NotFit(f"the policy of filings cannot be used ({error}): correct FILING_POLICY_FILE") from None


SETTINGS = {"policy": require_a_policy}
