"""``registry verify``: what it prints and how it ends, for genuine, changed, forged and unreadable files."""

from __future__ import annotations

import pytest
from chassis.documents import DocumentRenderer
from chassis.signing import SealSigner, create_sandbox_pki
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
