"""Rounds of correction as people read them."""

from __future__ import annotations

from contracts.filing import CorrectionView, DefectView

from filing.examination.standards import in_words_of
from filing.forms.words import Language
from filing.views.whole import Round


def view_correction(row: Round, language: Language = "zh") -> CorrectionView:
    """Standard opinions are said in the reader's language, others as they were written."""
    return CorrectionView(
        correction_id=row.id,
        requested_at=row.requested_at,
        due_on=row.due_on,
        answered_at=row.answered_at,
        defects=[
            DefectView(
                defect_id=defect.id,
                target=defect.target,
                page=defect.page,
                message=in_words_of(defect.message, language),
                answer=defect.answer,
            )
            for defect in row.defects
        ],
        changes=row.changes,
    )
