"""PDF materials: the sample of a text work, and proofs as PDF."""

from __future__ import annotations

from materials.precheck.mendable import rebuildable
from materials.precheck.model import LIST_SIGN, Context, Finding
from materials.precheck.profiles.base import Facts, Profile

LOWEST_SCAN_DPI = 150
MANY_FONTS = 5
PROOF_BYTES = 50 * 2**20


def check_opening(facts: Facts) -> list[Finding]:
    """Whether the document opens for everybody. Anything here makes further rules pointless."""
    pdf = facts["pdf"]
    if pdf["needs_password"]:
        return [Finding("pdf_needs_password", "error", repairable=True)]
    if not pdf["opens"]:
        code = "pdf_truncated" if pdf["truncated"] else "pdf_unreadable"
        return [Finding(code, "error")]
    findings: list[Finding] = []
    mendable = rebuildable(pdf, facts.get("content"))
    if pdf["listed_pages"] == 0:
        findings.append(Finding("pdf_no_pages", "error"))
    if pdf["readers_disagree"]:
        counts = {reader: "—" if count is None else count for reader, count in pdf["pages_by_reader"].items()}
        params: dict[str, str | int | float] = {key: counts.get(key, "—") for key in ("qpdf", "pdfium", "pypdf")}
        findings.append(Finding("pdf_readers_disagree", "warning", params=params, repairable=mendable, uncertain=True))
    if pdf["damaged"] == "recovered":
        params = {"pages": pdf["listed_pages"] or 0}
        code = "pdf_truncated_recovered" if pdf["truncated"] else "pdf_damaged_recovered"
        findings.append(Finding(code, "error", params=params, repairable=mendable))
    if pdf["encrypted"]:
        code = "pdf_restricted" if pdf["permissions_restricted"] else "pdf_encrypted_open"
        findings.append(Finding(code, "warning", repairable=True))
    return findings


def check_pages(facts: Facts) -> list[Finding]:
    """Pages as they are, not as the file claims them."""
    pdf, content = facts["pdf"], facts.get("content")
    findings: list[Finding] = []
    pages, listed, declared = pdf["pages"], pdf["listed_pages"] or 0, pdf["declared_pages"]
    if pages is not None and declared is not None and declared != listed:
        params: dict[str, str | int | float] = {"declared": declared, "pages": listed}
        findings.append(Finding("pdf_page_count_wrong", "warning", params=params, repairable=True))
    if pages is not None and listed > pages:
        params = {"listed": listed, "pages": pages}
        findings.append(Finding("pdf_pages_repeated", "error" if pages * 2 < listed else "warning", params=params))
    if content is None:
        return findings
    if content["repeated_text"] > 2 and content["repeated_text"] * 2 > content["with_text"]:
        params = {"repeated": content["repeated_text"], "distinct": content["distinct_texts"]}
        findings.append(Finding("pdf_text_repeated", "warning", params=params))
    if content["repeated_picture"] > 2 and content["repeated_picture"] * 2 > content["checked"] - content["with_text"]:
        params = {"repeated": content["repeated_picture"], "distinct": content["distinct_pictures"]}
        findings.append(Finding("pdf_pages_look_alike", "warning", params=params))
    blank = content["blank"]
    if blank and len(blank) >= content["checked"]:
        findings.append(Finding("pdf_all_pages_blank", "error"))
    elif blank:
        params = {"count": len(blank), "pages": _page_list(blank)}
        findings.append(Finding("pdf_blank_pages", "warning", page=blank[0], params=params, repairable=True))
    if content["unreadable"]:
        broken = content["unreadable"]
        params = {"count": len(broken), "pages": _page_list(broken)}
        findings.append(Finding("pdf_pages_unreadable", "error", page=broken[0], params=params))
    if content["unshown"]:
        hidden = content["unshown"]
        params = {"count": len(hidden), "pages": _page_list(hidden)}
        findings.append(Finding("pdf_pages_show_nothing", "warning", page=hidden[0], params=params, uncertain=True))
    if content["unsure"]:
        params = {"count": len(content["unsure"]), "pages": _page_list(content["unsure"])}
        findings.append(
            Finding("pdf_pages_not_rendered", "warning", page=content["unsure"][0], params=params, uncertain=True)
        )
    pictures = content["checked"] - sum(len(content[key]) for key in ("blank", "unshown", "unreadable", "unsure"))
    if content["with_text"] == 0 and pictures > 0:
        scanned = content["scanned"] * 2 >= pictures
        findings.append(Finding("pdf_no_text_layer" if scanned else "pdf_text_as_drawing", "info"))
    return findings


def check_content(facts: Facts) -> list[Finding]:
    """Scripts, attachments, fonts and the resolution of scans."""
    pdf, resources = facts["pdf"], facts.get("resources")
    findings: list[Finding] = []
    params: dict[str, str | int | float]
    if pdf["scripts"]:
        params = {"places": LIST_SIGN.join(pdf["scripts"])}
        findings.append(Finding("pdf_scripts", "error", params=params, repairable=not pdf["signed"]))
    if pdf["launches"]:
        findings.append(Finding("pdf_launches_programs", "error", repairable=not pdf["signed"]))
    if pdf["reaches_out"]:
        findings.append(Finding("pdf_reaches_out", "warning", repairable=not pdf["signed"]))
    if pdf["attachment_count"]:
        names = LIST_SIGN.join(name for name in pdf["attachments"][:3] if name) or "?"
        params = {"count": pdf["attachment_count"], "names": names}
        findings.append(Finding("pdf_attachments", "warning", params=params, repairable=not pdf["signed"]))
    if pdf["form"] == "xfa":
        findings.append(Finding("pdf_xfa_form", "warning", uncertain=True))
    if pdf["signed"]:
        findings.append(Finding("pdf_signed", "info"))
    if resources is None:
        return findings
    if resources["fonts_not_embedded"]:
        names = LIST_SIGN.join(resources["fonts_not_embedded"][:MANY_FONTS])
        params = {"count": len(resources["fonts_not_embedded"]), "names": names}
        findings.append(Finding("pdf_fonts_not_embedded", "warning", params=params))
    dpi = resources["lowest_dpi"]
    if dpi is not None and dpi < LOWEST_SCAN_DPI and not (facts.get("content") or {}).get("with_text"):
        params = {"dpi": round(dpi), "wanted": LOWEST_SCAN_DPI}
        findings.append(Finding("pdf_scan_coarse", "warning", page=resources["lowest_dpi_page"], params=params))
    return findings


def check(facts: Facts, context: Context) -> list[Finding]:
    """Everything about a PDF whose text is the work itself, or a paper."""
    findings = check_opening(facts)
    if facts["pdf"]["opens"] and facts["pdf"]["listed_pages"] != 0:
        findings += check_pages(facts) + check_content(facts)
    return findings


def check_text_work(facts: Facts, context: Context) -> list[Finding]:
    """A text work also says somewhere what it is called."""
    content, title = facts.get("content") or {}, context.get("title", "")
    findings = check(facts, context)
    if title and content.get("with_text") and content["phrase_page"] is None:
        findings.append(Finding("title_not_found", "info", params={"title": title}))
    return findings


def _page_list(pages: list[int]) -> str:
    return LIST_SIGN.join(str(page) for page in pages[:8]) + ("…" if len(pages) > 8 else "")


PROFILES = (
    Profile("text_pdf", ("pdf",), "pdf", check_text_work),
    Profile("proof_pdf", ("pdf",), "pdf", check, PROOF_BYTES),
)
