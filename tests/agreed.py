"""What whoever signs up in a test has read: the versions that are in force."""

from __future__ import annotations

from chassis.clock import legal_date, utc_now
from identity.consents import model

_TODAY = legal_date(utc_now())
AGREED = {f"agreed_{name}": model.in_force(name, _TODAY, model.versions()).version for name in model.AT_SIGN_UP}
FACE = {"name": "face", "version": model.in_force("face", _TODAY, model.versions()).version}
