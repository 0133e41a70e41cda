"""What the office says of a file today (``./registry verify --check URL``): what no file can say itself."""

from __future__ import annotations

from typing import Any

import httpx

from registry_infra.problems import StackProblem

STANDINGS = {
    "valid": ("✓ 登记簿：这张证书现在有效", "  The register: this certificate holds today"),
    "replaced": ("✗ 登记簿：这张证书已由新证书取代", "  The register: this certificate was REPLACED by a new one"),
    "revoked": ("✗ 登记簿：这项登记已被撤销", "  The register: this registration was REVOKED"),
    "unknown": ("✗ 登记簿：没有签发过这个文件", "  The register: this file was never issued"),
}

ENDS = {
    "withdrawn": ("申请人已撤回这件申请", "the applicant WITHDREW the application"),
    "refused": ("这件申请不予登记", "the application was REFUSED"),
    "lapsed": ("这件申请视为撤回", "the application LAPSED"),
}

_SIGNED = ("✓ 登记系统：这是在平台签署的文件", "  The register: this was signed on the platform")
_CHANGED = ("✗ 登记系统：文件不是签署时的样子", "  The register: this is NOT as it was signed")
_UNSEALED = (
    "✗ 登记系统：这是所签署的原文，不是签署件",
    "  The register: what was signed, NOT its sealed edition",
)
_SUPERSEDED = ("✗ 登记系统：已被后来签署的代替", "  The register: SUPERSEDED by one that was signed later")


def ask(url: str, pdf: bytes) -> tuple[bool, list[str]]:
    """Whether the register stands by the file, and its words. Raises StackProblem where it does not answer."""
    try:
        asked = f"{url.rstrip('/')}/api/v1/certificate-checks"
        answer = httpx.post(asked, content=pdf, headers={"Content-Type": "application/pdf"}, timeout=30)
        found = answer.raise_for_status().json()
        status, signed = str(found["status"]), found.get("signed")
        return _of_signed(signed) if signed else (status == "valid", list(STANDINGS.get(status, STANDINGS["unknown"])))
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StackProblem(
            f"the register at {url} did not answer ({error}). Try again, or leave --check out."
        ) from error


def _of_signed(signed: dict[str, Any]) -> tuple[bool, list[str]]:
    if not signed["unchanged"]:
        return False, list(_CHANGED)
    against = [_UNSEALED] if not signed.get("sealed", True) else []
    against += [_SUPERSEDED] if signed.get("superseded") else []
    if end := signed.get("ended"):
        chinese, english = ENDS.get(end, (end, end))
        on = signed.get("ended_on") or "—"
        against.append((f"✗ 登记系统：{chinese}（{on}）", f"  The register: {english} ({on})"))
    return not against, [line for words in against or [_SIGNED] for line in words]
