"""Documents the registry issues: typst templates in the house style, rendered to PDF/A with embedded fonts."""

from chassis.documents.amounts import rmb_words
from chassis.documents.glyphs import is_usual, missing_glyphs, printable
from chassis.documents.renderer import CERTIFICATE_SEAL_BOX, SIGNATURE_BOX, DocumentRenderer, PdfStandard

__all__ = [
    "CERTIFICATE_SEAL_BOX",
    "SIGNATURE_BOX",
    "DocumentRenderer",
    "PdfStandard",
    "is_usual",
    "missing_glyphs",
    "printable",
    "rmb_words",
]
