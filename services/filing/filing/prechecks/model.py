"""What a pre-check means for a filing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chassis.access import left_by, may
from chassis.actor import Actor, Right
from materials.precheck.model import Finding, PrecheckResult, verdict_of

CHANNEL = "materials"
"""What the hands of the materials workers listen on, for checks and for all that rests on them."""
NOT_CHECKED = "not_checked"
"""The check was tried and could not be done, by no fault of the file."""
NOBODY_ASKED = "check_abandoned"
FILE_GONE = "file_gone"
SCAN_MISSING = "malware_not_scanned"
CHECK_INCOMPLETE = "check_incomplete"
UNSETTLED = {NOT_CHECKED, NOBODY_ASKED, SCAN_MISSING, CHECK_INCOMPLETE}
"""Findings about the check rather than about the file."""
RESULT_KEPT = timedelta(hours=1)
"""For so long the same file is not checked again by the same rules: rules and signatures of malware change."""


def without_check(profile: str, code: str, *, scanner: bool) -> PrecheckResult:
    """The result of a check that was not done. A person has to look; where there is a ``scanner``, after it has."""
    findings = [Finding(code, "error" if code == FILE_GONE else "warning", uncertain=True)]
    if scanner and code != FILE_GONE:
        findings.append(Finding(SCAN_MISSING, "warning", uncertain=True))
    return PrecheckResult(profile, verdict_of(findings), {}, tuple(findings), complete=False)


@dataclass(frozen=True)
class ReadCheck:
    """A check as it is shown; see ``PrecheckRow``."""

    id: str
    profile: str
    state: str
    verdict: str | None
    first_verdict: str | None
    progress: float
    context: dict[str, Any]
    facts: dict[str, Any]
    findings: list[dict[str, Any]]
    file_name: str
    size: int


def blocks_filing(verdict: str | None, findings: Sequence[Mapping[str, Any]]) -> bool:
    """A finished check with an error keeps a material from being filed; doubts are for the examiner."""
    return verdict == "fail" or any(finding["severity"] == "error" for finding in findings)


def worth_a_look(findings: Sequence[Mapping[str, Any]]) -> int:
    """How many findings an examiner should look at."""
    return sum(finding["severity"] in ("warning", "error") for finding in findings)


def scan_missing(findings: Sequence[Mapping[str, Any]]) -> bool:
    """A scanner is configured and has not seen the file: staff do not open it until it has."""
    return any(finding["code"] == SCAN_MISSING for finding in findings)


def settled(findings: Sequence[Mapping[str, Any]]) -> bool:
    """Whether another check could find nothing else. An error may be the check's own (its time was over)."""
    return not any(finding["severity"] == "error" or finding["code"] in UNSETTLED for finding in findings)


def quarantined(findings: Sequence[Mapping[str, Any]]) -> bool:
    """A file with malware in it is not given to anybody any more, nor worked on."""
    return any(finding["code"] == "malware_found" for finding in findings)


_BROWSER = "visitor:"
"""How the gateway names the browser of a visitor; a program without a session has an id alone to come back with."""


def browser_of(client: str) -> str:
    """The browser of a visitor that something is kept for; empty of a program."""
    return client if client.startswith(_BROWSER) else ""


def is_theirs(actor: Actor, client: str, account_id: str, visitor: str, right: Right = "read") -> bool:
    """Whether a check or job may be seen: by its account; by the browser that made it before anybody signed in; of a
    program without either, by who knows its unguessable id."""
    if account_id:
        return may(actor, account_id, right)
    return not visitor or left_by(client, visitor)
