"""``./registry verify FILE.pdf``: checks a certificate, or a document that an applicant signed, offline.

What was checked is said in words, Chinese and English.

The only thing trusted is the root certificate: the stack's own (``<data>/pki/root.pem``), or one that the office has
published, named with ``--root``. Nothing is asked of any server, unless ``--check`` names one: a file cannot say that
it was replaced since, or its registration revoked; the register can.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta, timezone
from pathlib import Path

from chassis.signing import SignedContent, VerificationReport, read_signed, verify_certificate_pdf
from chassis.tokens import TokenError, Trust

from registry_infra.asked_register import ask
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

_METHODS = {"sms_code": "短信验证码 SMS code", "electronic_seal": "电子印章 electronic seal"}
_VERDICTS = {
    "genuine": ("结论：文件是签署人所签署的，签署后没有改动。", "Result: as it was signed, not changed since."),
    "against": (
        "结论：文件是签署人所签署的，签署后没有改动，但不再作数（见上）。",
        "Result: as it was signed, not changed since, but it does NOT count any more: see above.",
    ),
    "not": ("结论：不能确认这是所签署的文件。", "Result: this is NOT confirmed as what was signed."),
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


def run(
    file: Path, log: str | None = None, *, root: Path | None = None, data: Path | None = None, check: str | None = None
) -> int:
    """Prints every check; 0 when all of them passed, 1 when not. Raises StackProblem when nothing can be checked."""
    folder = (data or default_data_folder()) / "pki"
    trusted = root or folder / "root.pem"
    roots, crls = _trust(trusted, [] if root else sorted(folder.glob("*.crl")), folder if root is None else None)
    pdf = _read(file)
    report = _verify(pdf, roots, crls, trusted)
    signed = None if report.registration_number else read_signed(pdf)
    for line in in_words(report, signed):
        print(line)
    stands = _stands(check, pdf)
    if signed is not None:
        return _judge(report, signed, None if root else folder.parent / "keys" / "archive", stands)
    passed = report.valid and report.registration_number is not None and stands is not False
    if passed and stands is None:
        print("  证书后来是否被取代、登记是否被撤销，文件自己不能说明：用 --check 网址 向登记簿查询。")
        print("  Whether it was replaced or revoked since, no file can say: ask the register with --check URL.")
    if log is not None:
        passed = False
        print("✗ 公共日志：登记系统尚未公布日志，无法核对。")
        print(f"  Public log: not checked. No log is published at {log} yet.")
    print()
    print("结论：证书真实有效，可以信赖。" if passed else "结论：不能确认这是登记机构签发的证书。")
    print("Result: a genuine certificate." if passed else "Result: this is NOT confirmed as a genuine certificate.")
    return 0 if passed else 1


def _stands(check: str | None, pdf: bytes) -> bool | None:
    """Whether the register stands by the file today; None when it is not asked."""
    if check is None:
        return None
    stands, words = ask(check, pdf)
    print("\n".join(words))
    return stands


def _judge(report: VerificationReport, signed: SignedContent, keys: Path | None, stands: bool | None) -> int:
    """The verdict about a signed document; 0 when it is what was signed, sealed by the office, and the register, if it
    was asked, says nothing against it; 1 when not."""
    genuine = report.valid and signed.covered
    if genuine and keys is not None and (keys / "trust.json").is_file():
        genuine = _vouched(signed, keys)
        print("✓ 签名记录由身份服务签发" if genuine else "✗ 签名记录不是身份服务签发的")
        print(f"  The evidence is {'' if genuine else 'NOT '}identity's own")
    if genuine and stands is None:
        print("  申请后来是否撤回、被拒，文件是否被后来签署的代替，文件自己不能说明：用 --check 网址 查询。")
        print("  Whether its case ended or it was signed anew since, no file can say: ask with --check URL.")
    print()
    for line in _VERDICTS["against" if genuine and stands is False else "genuine" if genuine else "not"]:
        print(line)
    return 0 if genuine and stands is not False else 1


def _vouched(signed: SignedContent, keys: Path) -> bool:
    try:
        Trust.load(keys).verify(signed.token, audience="evidence", issuer="identity")
    except TokenError:
        return False
    return True


def _of_signed(signed: SignedContent) -> list[str]:
    """What is signed, by whom and when: the words of a signed document's evidence."""
    declaration = signed.original_sha256 == signed.declaration_sha256
    at = signed.signed_at
    method = str(signed.evidence.get("method", ""))
    mark = "✓" if signed.covered else "✗"
    lines = [
        f"{mark} 签署的内容与签署时逐字节一致" if signed.covered else f"{mark} 文件开头不是所签署的内容",
        "  It begins with the very bytes that were signed"
        if signed.covered
        else "  It does NOT begin with what was signed",
        f"  签署人 Signed by: {signed.signer}（{signed.evidence.get('masked_id_number', '')}）",
        f"  签署方式 Method: {_METHODS.get(method, method)}",
    ]
    if at is not None:
        lines.append(f"  签署时间 Signed by the applicant at: {at.astimezone(_CHINA):%Y-%m-%d %H:%M:%S} (UTC+8)")
    lines.append(f"  签名记录 Evidence: {signed.evidence.get('jti', '')}")
    if signed.covered:
        what = (
            "声明书 the declaration"
            if declaration
            else "申请表，由所签声明书载明 the application form, which the declaration names"
        )
        lines.append(f"  本文件 This file: {what}")
    lines.append(f"  所签声明 SHA-256 of the declaration signed: {signed.declaration_sha256}")
    lines += [f"  一并签署 Covered too: {one['role']} {one['sha256']}" for one in signed.materials]
    return lines


def in_words(report: VerificationReport, signed: SignedContent | None = None) -> list[str]:
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
    elif signed is not None:
        lines += _of_signed(signed)
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


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(_MAX_BYTES + 1)
    except OSError as error:
        raise StackProblem(f"{file} cannot be read ({error.strerror}). Name a certificate's PDF file.") from error


def _verify(pdf: bytes, roots: list[bytes], crls: list[bytes], root: Path) -> VerificationReport:
    try:
        return verify_certificate_pdf(pdf, roots, crls=crls)
    except ValueError as error:
        raise StackProblem(f"{root} is no certificate in PEM form. Name the office's root with --root FILE.") from error


def main(words: list[str] | None = None) -> int:
    """The command by itself: ``python -m registry_infra.verify FILE.pdf [--root FILE] [--log URL] [--check URL]``."""
    parser = argparse.ArgumentParser(
        prog="registry verify", description="Verifies a certificate or a signed document offline."
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--root", type=Path, help="the office's root certificate (PEM)")
    parser.add_argument("--log", metavar="URL", help="also check against the public log")
    parser.add_argument("--check", metavar="URL", help="also ask the register there what it says of the file today")
    parser.add_argument("--data", type=Path, default=default_data_folder(), help="the stack's data folder")
    arguments = parser.parse_args(words)
    try:
        return run(arguments.file, arguments.log, root=arguments.root, data=arguments.data, check=arguments.check)
    except StackProblem as problem:
        print(f"registry: {problem}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
