"""``registry verify``: what it prints and how it ends, for genuine, changed, forged and unreadable files."""

from __future__ import annotations

import hashlib
import json
import shutil

import httpx
import pytest
from chassis.documents import DocumentRenderer
from chassis.signing import SealSigner, create_sandbox_pki
from chassis.tokens import TokenSigner
from registry_infra.keys import prepare_keys
from registry_infra.verify import CHECKS, main

NUMBER = "国作登字-2026-A-00000045"
TEMPLATE = '#set document(title: "证书", keywords: json(bytes(sys.inputs.data)).keywords)\n证书'


@pytest.fixture
def data(tmp_path):
    """A stack's data folder with its root certificate."""
    create_sandbox_pki(tmp_path / "data" / "pki")
    return tmp_path / "data"


def sealed(pki, tmp_path, keywords=(f"registration-number={NUMBER}",)):
    templates = tmp_path / "templates"
    templates.mkdir(exist_ok=True)
    (templates / "plain.typ").write_text(TEMPLATE)
    pdf = DocumentRenderer(templates).render("plain", {"keywords": list(keywords)})
    return SealSigner.load(pki).sign_pdf(pdf, reason="作品登记证书", location="北京", name="登记中心")


def verify(tmp_path, data, content, *more):
    file = tmp_path / "certificate.pdf"
    file.write_bytes(content)
    return main([str(file), "--data", str(data), *more])


@pytest.mark.requirement("A-08")
def test_a_genuine_certificate_passes_every_check_in_both_languages(tmp_path, data, capsys):
    assert verify(tmp_path, data, sealed(data / "pki", tmp_path)) == 0
    said = capsys.readouterr().out
    assert said.count("✓") == len(CHECKS)
    assert "✗" not in said
    assert NUMBER in said
    assert "证书真实有效" in said
    assert "a genuine certificate" in said


@pytest.mark.requirement("A-08")
def test_the_root_may_be_named_so_that_no_stack_is_needed(tmp_path, data):
    content = sealed(data / "pki", tmp_path)
    assert verify(tmp_path, tmp_path / "nowhere", content, "--root", str(data / "pki" / "root.pem")) == 0


@pytest.mark.requirement("A-08")
@pytest.mark.parametrize(
    ("change", "chinese", "english"),
    [
        (lambda pdf: pdf.replace(b"/Keywords", b"/Kexwords", 1), "被改动", "changed after it was signed"),
        (lambda pdf: pdf + b"\n% a line more\n", "又被追加", "Something was appended"),
        (lambda _: b"%PDF-1.7\n\x00\xff", "损坏", "damaged"),
        (lambda _: b"PK\x03\x04", "不是 PDF", "not a PDF"),
    ],
)
def test_a_changed_or_unreadable_file_fails_and_says_why(tmp_path, data, capsys, change, chinese, english):
    assert verify(tmp_path, data, change(sealed(data / "pki", tmp_path))) == 1
    said = capsys.readouterr().out
    assert chinese in said
    assert english in said
    assert "NOT confirmed" in said


@pytest.mark.requirement("A-08")
def test_a_seal_of_another_root_is_not_trusted(tmp_path, data, capsys):
    create_sandbox_pki(tmp_path / "forger")
    assert verify(tmp_path, data, sealed(tmp_path / "forger", tmp_path)) == 1
    assert "trusted root" in capsys.readouterr().out


@pytest.mark.requirement("A-08")
def test_a_sealed_file_without_a_registration_number_is_no_certificate(tmp_path, data, capsys):
    assert verify(tmp_path, data, sealed(data / "pki", tmp_path, keywords=())) == 1
    assert "names no registration number" in capsys.readouterr().out


@pytest.mark.requirement("A-08")
@pytest.mark.requirement("A-05")
@pytest.mark.parametrize(
    ("status", "passes", "said"),
    [
        ("valid", 0, "holds today"),
        ("replaced", 1, "REPLACED"),
        ("revoked", 1, "REVOKED"),
        ("unknown", 1, "never issued"),
    ],
)
def test_the_register_says_what_became_of_a_genuine_file(tmp_path, data, capsys, monkeypatch, status, passes, said):
    def post(url, **request):
        assert (url, request["content"][:5]) == ("https://registry.example/api/v1/certificate-checks", b"%PDF-")
        return httpx.Response(200, json={"status": status}, request=httpx.Request("POST", url))

    content = sealed(data / "pki", tmp_path)
    monkeypatch.setattr(httpx, "post", post)
    assert verify(tmp_path, data, content, "--check", "https://registry.example/") == passes
    assert said in capsys.readouterr().out
    assert verify(tmp_path, data, content) == 0
    assert "no file can say" in capsys.readouterr().out


def test_a_register_that_does_not_answer_is_no_answer(tmp_path, data, capsys):
    assert verify(tmp_path, data, sealed(data / "pki", tmp_path), "--check", "http://127.0.0.1:9") == 1
    assert "did not answer" in capsys.readouterr().err


def test_a_check_against_a_log_that_does_not_exist_is_never_reported_as_passed(tmp_path, data, capsys):
    assert verify(tmp_path, data, sealed(data / "pki", tmp_path), "--log", "https://registry.example/log") == 1
    assert "Public log: not checked" in capsys.readouterr().out


@pytest.mark.parametrize("missing", ["root", "file", "pem"])
def test_what_is_missing_is_named_with_what_to_do(tmp_path, data, capsys, missing):
    (tmp_path / "no.pem").write_text("no certificate")
    words = {
        "root": ["x.pdf", "--root", str(tmp_path / "none.pem")],
        "file": [str(tmp_path / "none.pdf"), "--data", str(data)],
        "pem": [str(tmp_path / "no.pem"), "--root", str(tmp_path / "no.pem")],
    }
    assert main(words[missing]) == 1
    said = capsys.readouterr().err
    assert said.startswith("registry: ")
    assert said.count("\n") == 1


def signed(pki, tmp_path, form=b"", **claims):
    """A declaration that names an application form, signed by an applicant and sealed by the office."""
    template = (
        '#import "@registry/house:1.0.0": *\n'
        '#pdf.attach("signed.json", bytes(data.manifest), mime-type: "application/json", description: "x")\n'
        '#show: letter.with(title: "作品创作声明书")\n声明\n'
    )
    (tmp_path / "declaration.typ").write_text(template, encoding="utf-8")
    covered = {"application_form": hashlib.sha256(form).hexdigest(), "materials": [{"role": "sample", "sha256": "ab"}]}
    pdf = DocumentRenderer(tmp_path).render("declaration", {"manifest": json.dumps(covered)}, pdf_standard="a-3b")
    create_sandbox_pki(pki)
    prepare_keys(pki.parent / "keys")
    facts = {
        "jti": "evi-1",
        "name": "王小明",
        "masked_id_number": "1101**********0011",
        "method": "sms_code",
        "sha256": hashlib.sha256(pdf).hexdigest(),
        "signed_at": "2026-11-20T03:00:00+00:00",
    } | claims
    token = TokenSigner.load(pki.parent / "keys" / "identity", "identity").sign(facts, audience="evidence", ttl=600)
    attachments = [("signed.jwt", "application/jwt", token.encode(), "evidence")]
    return SealSigner.load(pki).sign_pdf(pdf, reason="r", location="l", name="n", attachments=attachments)


@pytest.mark.requirement("I-08")
def test_a_signed_document_says_who_signed_what_and_when(tmp_path, data, capsys):
    assert verify(tmp_path, data, signed(data / "pki", tmp_path)) == 0
    said = capsys.readouterr().out
    for words in ("王小明", "1101**********0011", "2026-11-20 11:00:00", "evi-1", "短信验证码", "sample ab"):
        assert words in said, words
    assert "not changed since" in said


@pytest.mark.requirement("I-08")
@pytest.mark.requirement("A-08")
@pytest.mark.parametrize(
    ("answer", "passes", "said"),
    [
        ({"unchanged": True, "document": "application_form"}, 0, "signed on the platform"),
        ({"unchanged": True, "superseded": True}, 1, "SUPERSEDED"),
        (
            {"unchanged": True, "ended": "withdrawn", "ended_on": "2026-12-01"},
            1,
            "WITHDREW the application (2026-",
        ),
        ({"unchanged": True, "ended": "refused", "ended_on": "2026-12-01"}, 1, "不予登记（2026-12-01）"),
        ({"unchanged": True, "ended": "lapsed", "ended_on": "2026-12-01"}, 1, "视为撤回（2026-12-01）"),
        ({"unchanged": False}, 1, "NOT as it was signed"),
        (None, 1, "never issued"),
    ],
)
def test_the_register_says_what_became_of_a_signed_document(tmp_path, data, capsys, monkeypatch, answer, passes, said):
    def post(url, **request):
        assert url == "https://registry.example/api/v1/certificate-checks"
        return httpx.Response(200, json={"status": "unknown", "signed": answer}, request=httpx.Request("POST", url))

    content = signed(data / "pki", tmp_path)
    monkeypatch.setattr(httpx, "post", post)
    assert verify(tmp_path, data, content, "--check", "https://registry.example/") == passes
    told = capsys.readouterr().out
    assert said in told
    assert "声明书" in told
    assert ("NOT count any more" in told) == (passes == 1)
    assert verify(tmp_path, data, content) == 0
    assert "no file can say" in capsys.readouterr().out


@pytest.mark.requirement("I-08")
def test_a_signed_document_whose_evidence_is_about_other_bytes_is_told(tmp_path, data, capsys):
    assert verify(tmp_path, data, signed(data / "pki", tmp_path, sha256="0" * 64)) == 1
    assert "NOT begin with what was signed" in capsys.readouterr().out


@pytest.mark.requirement("I-08")
@pytest.mark.parametrize("change", [lambda pdf: pdf[:400] + b"X" + pdf[401:], lambda pdf: pdf + b"\n%more"])
def test_a_signed_document_that_was_changed_is_told(tmp_path, data, capsys, change):
    assert verify(tmp_path, data, change(signed(data / "pki", tmp_path))) == 1
    assert "not changed since" not in capsys.readouterr().out


@pytest.mark.requirement("I-08")
def test_evidence_that_identity_did_not_give_is_told(tmp_path, data, capsys):
    content = signed(data / "pki", tmp_path)
    shutil.rmtree(data / "keys")
    prepare_keys(data / "keys")
    assert verify(tmp_path, data, content) == 1
    assert "NOT identity's own" in capsys.readouterr().out
