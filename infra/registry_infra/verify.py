"""``./registry verify FILE.pdf``: checks a certificate offline and says in words what was checked, Chinese and English.

The only thing trusted is the root certificate: the stack's own (``<data>/pki/root.pem``), or one that the office has
published, named with ``--root``. Nothing is asked of any server.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta, timezone
from pathlib import Path

from chassis.signing import VerificationReport, verify_certificate_pdf

from registry_infra.folders import default_data_folder
from registry_infra.problems import StackProblem

_CHINA = timezone(timedelta(hours=8))
_MAX_BYTES = 32 * 1024 * 1024

_ENGLISH = {
    "too_large": "The file is larger than 32 MB; no certificate is.",
    "not_a_pdf": "This is not a PDF file.",
    "damaged": "The file is damaged or malformed and cannot be read.",
    "encrypted": "The file is encrypted; certificates are not.",
    "no_signature": "The file carries no digital signature.",
    "several_signatures": "The file carries more than one signature; a certificate has exactly one.",
    "altered": "The content was changed after it was signed.",
    "appended": "Something was appended after the signature.",
    "not_locked": "The signature does not forbid changes.",
    "signature_invalid": "The digital signature itself is invalid.",
    "signer_untrusted": "The signer's certificate does not come from the trusted root.",
    "signer_expired": "The signer's certificate was not valid at the time of signing.",
    "signer_revoked": "The signer's certificate has been revoked.",
    "no_timestamp": "The signature has no timestamp, so its time is not proven.",
    "timestamp_invalid": "The timestamp is invalid or belongs to another signature.",
    "timestamp_untrusted": "The timestamp does not come from a trusted authority.",
    "timestamp_in_future": "The timestamp lies in the future.",
}

_UNREADABLE = ("too_large", "not_a_pdf", "damaged", "encrypted")


@dataclass(frozen=True)
class Check:
    """One thing that is checked: what it is called, and the problems that make it fail."""

    chinese: str
    english: str
    problems: tuple[str, ...]


CHECKS = (
    Check("文件可读", "The file can be read", _UNREADABLE),
    Check("有且只有一个数字签名", "It carries exactly one digital signature", ("no_signature", "several_signatures")),
    Check("内容与签名时一致", "The content is as it was signed", ("altered", "signature_invalid")),
    Check("签名覆盖全文，签名后未追加", "The signature covers all of it, for good", ("appended", "not_locked")),
    Check(
        "由登记机构的电子印章签署",
        "It was sealed by the registration office",
        ("signer_untrusted", "signer_expired", "signer_revoked"),
    ),
    Check(
        "时间戳可信",
        "The timestamp can be trusted",
        ("no_timestamp", "timestamp_invalid", "timestamp_untrusted", "timestamp_in_future"),
    ),
)


def run(file: Path, log: str | None = None, *, root: Path | None = None, data: Path | None = None) -> int:
    """Prints every check; 0 when all of them passed, 1 when not. Raises StackProblem when nothing can be checked."""
    folder = (data or default_data_folder()) / "pki"
    trusted = root or folder / "root.pem"
    roots, crls = _trust(trusted, [] if root else sorted(folder.glob("*.crl")), folder if root is None else None)
    report = _verify(file, roots, crls, trusted)
    for line in in_words(report):
        print(line)
    passed = report.valid and report.registration_number is not None
    if log is not None:
        passed = False
        print("✗ 公共日志：登记系统尚未公布日志，无法核对。")
        print(f"  Public log: not checked. No log is published at {log} yet.")
    print()
    print("结论：证书真实有效，可以信赖。" if passed else "结论：不能确认这是登记机构签发的证书。")
    print("Result: a genuine certificate." if passed else "Result: this is NOT confirmed as a genuine certificate.")
    return 0 if passed else 1


def in_words(report: VerificationReport) -> list[str]:
    """The report, a line in Chinese and one in English per check. What was not reached is marked with a dash."""
    found = {problem.code: problem.message for problem in report.problems}
    lines: list[str] = []
    reached = True
    for check in CHECKS:
        failed = [code for code in check.problems if code in found]
        mark = "✗" if failed else "✓" if reached else "–"
        lines += [f"{mark} {check.chinese}", f"  {check.english}"]
        for code in failed:
            lines += [f"    {found[code]}", f"    {_ENGLISH[code]}"]
        reached = reached and not any(code in (*_UNREADABLE, "no_signature") for code in failed)
    if report.registration_number:
        lines += [f"  登记号 Registration number: {report.registration_number}"]
    elif report.valid:
        lines += ["✗ 文件没有登记号", "  The file names no registration number"]
    if report.signer:
        lines += [f"  签署者 Signer: {report.signer}"]
    if report.timestamp:
        lines += [f"  签署时间 Signed at: {report.timestamp.astimezone(_CHINA):%Y-%m-%d %H:%M:%S} (UTC+8)"]
    return lines


def _trust(root: Path, crls: Sequence[Path], folder: Path | None) -> tuple[list[bytes], list[bytes]]:
    if not root.is_file():
        raise StackProblem(
            f"there is no root certificate at {root}. Start the stack once, or name the office's root with --root FILE."
        )
    roots = [root.read_bytes()]
    if folder is not None and (further := folder / "trusted.pem").is_file():
        roots.append(further.read_bytes())
    return roots, [path.read_bytes() for path in crls]


def _verify(file: Path, roots: list[bytes], crls: list[bytes], root: Path) -> VerificationReport:
    try:
        with file.open("rb") as stream:
            pdf = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        raise StackProblem(f"{file} cannot be read ({error.strerror}). Name a certificate's PDF file.") from error
    try:
        return verify_certificate_pdf(pdf, roots, crls=crls)
    except ValueError as error:
        raise StackProblem(f"{root} is no certificate in PEM form. Name the office's root with --root FILE.") from error


def main(words: list[str] | None = None) -> int:
    """The command by itself: ``python -m registry_infra.verify FILE.pdf [--root FILE] [--log URL]``."""
    parser = argparse.ArgumentParser(prog="registry verify", description="Verifies a certificate offline.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--root", type=Path, help="the office's root certificate (PEM)")
    parser.add_argument("--log", metavar="URL", help="also check against the public log")
    parser.add_argument("--data", type=Path, default=default_data_folder(), help="the stack's data folder")
    arguments = parser.parse_args(words)
    try:
        return run(arguments.file, arguments.log, root=arguments.root, data=arguments.data)
    except StackProblem as problem:
        print(f"registry: {problem}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
