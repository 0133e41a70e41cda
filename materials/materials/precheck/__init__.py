"""材料预检: says of a file what it is, whether it meets a profile, and what to do if it does not.

``run_precheck(profile, path, context)`` is the one entry; words come from ``describe(finding, language)``.
"""

from materials.precheck.engine import PROFILES, new_pool, run_precheck
from materials.precheck.model import Context, Depth, Finding, PrecheckResult, Severity, Verdict, verdict_of
from materials.precheck.words import describe

__all__ = [
    "PROFILES",
    "Context",
    "Depth",
    "Finding",
    "PrecheckResult",
    "Severity",
    "Verdict",
    "describe",
    "new_pool",
    "run_precheck",
    "verdict_of",
]
