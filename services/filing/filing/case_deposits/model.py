"""What a deposit tells of the source code that it was made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_VERSION_DIFFERS = "source_version_differs"


def made_of(job_id: str, params: Mapping[str, Any], result: Mapping[str, Any], part: str) -> dict[str, Any]:
    """The facts that are kept with the material ``part`` (program, document): of a document, that it was made here.

    ``lines`` without blank ones, ``languages`` by lines, most first; ``whole``: nothing was left out for length;
    ``versions``: where the source names another version than the form said then.
    """
    report = result.get("report", {}).get(part)
    if part != "program" or not report:
        return {"job_id": job_id}
    statistics = report["statistics"]
    return {
        "job_id": job_id,
        "mode": params["options"]["mode"],
        "pages": report["pages"],
        "whole": report["whole"],
        "files": statistics["files"],
        "lines": statistics["lines"],
        "languages": statistics["languages"],
        "versions": _versions(result.get("findings", [])),
    }


def _versions(findings: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"file": found["params"]["file"], "line": found["line"], "found": found["params"]["found"]}
        for found in findings
        if found["code"] == _VERSION_DIFFERS
    ]
