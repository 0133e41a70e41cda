"""What a field of a form or a role of material is called, by its path."""

from __future__ import annotations

from contracts.forms import FilingType as FilingTypeName

from filing.forms.describing import label_of as label_in
from filing.forms.words import Language
from filing.types import TYPES


def label_of(filing_type: FilingTypeName, path: str, language: Language) -> str:
    """From the form's top (``作者 2 · 署名方式``), or a material's title; the path itself where nothing has it.

    ``path`` as problems, changes and defects have it: ``authors.1.signed_as``, ``materials.sample``.
    """
    return label_in(TYPES[filing_type].fields, path, language)
