"""Findings, verdicts and results of the pre-check. Codes and numbers only: sentences live in ``texts/``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["info", "warning", "error"]
Verdict = Literal["pass", "fixable", "uncertain", "fail"]
Depth = Literal["first", "full"]
Param = str | int | float
LIST_SIGN = "、"
"""Between the items of a param that lists some; a sentence sets them apart as its language does."""

Context = Mapping[str, str]
"""What the applicant says about the file; every key is optional: ``file_name``, ``sha256`` (of the stored object, saves
hashing again), ``title``, ``short_name``, ``version``, ``print_width_mm``, ``print_height_mm``, ``duration_seconds``
(or h:m:s), ``languages`` (comma-separated), ``source_lines``, ``deposit_mode``, ``password``, ``max_bytes`` (policy of
the role), ``proof`` (role of a proof: a key of ``proofs.toml``)."""


@dataclass(frozen=True)
class Finding:
    """One thing worth saying about a file. ``uncertain``: careful readers disagree, a person has to look."""

    code: str
    severity: Severity
    page: int | None = None
    line: int | None = None
    params: dict[str, Param] = field(default_factory=dict)
    repairable: bool = False
    uncertain: bool = False

    def to_json(self) -> dict[str, Any]:
        """As a check's row keeps it; :meth:`from_json` makes the same of it."""
        return {
            "code": self.code,
            "severity": self.severity,
            "page": self.page,
            "line": self.line,
            "params": self.params,
            "repairable": self.repairable,
            "uncertain": self.uncertain,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Finding:
        return cls(**value)


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """``fail``: an error no repair can cure; ``uncertain``: a person has to look; ``fixable``: errors repairable."""
    found = list(findings)
    errors = [finding for finding in found if finding.severity == "error"]
    if any(not finding.repairable for finding in errors):
        return "fail"
    if any(finding.uncertain for finding in found):
        return "uncertain"
    return "fixable" if errors else "pass"


@dataclass(frozen=True)
class PrecheckResult:
    """What the engine found. ``complete`` is False when a limit of time or memory ended the check early."""

    profile: str
    verdict: Verdict
    facts: dict[str, Any]
    findings: tuple[Finding, ...]
    complete: bool = True
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """As a check's row keeps it; seconds to the millisecond."""
        return {
            "profile": self.profile,
            "verdict": self.verdict,
            "facts": self.facts,
            "findings": [finding.to_json() for finding in self.findings],
            "complete": self.complete,
            "seconds": round(self.seconds, 3),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> PrecheckResult:
        return cls(
            profile=value["profile"],
            verdict=value["verdict"],
            facts=value["facts"],
            findings=tuple(Finding.from_json(finding) for finding in value["findings"]),
            complete=value["complete"],
            seconds=value["seconds"],
        )
