"""Which edition of what an applicant signed is from when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from contracts.objects import DocumentRef, ObjectRef
from flask import Flask
from flask_babel import Babel
from gateway.pages.staff_files import rounds_of

SUBMITTED = datetime(2026, 11, 1, tzinfo=UTC)


def document(kind: str, day: int) -> DocumentRef:
    return DocumentRef(
        document_id=f"fil-{kind}-{day}",
        kind=kind,
        title="作品著作权登记申请表",
        file_name="form.pdf",
        content_type="application/pdf",
        object=ObjectRef(sha256="0" * 64, size=1),
        issued_at=SUBMITTED + timedelta(days=day),
    )


@pytest.mark.requirement("F-12")
def test_forms_of_a_correction_are_told_from_the_first_ones() -> None:
    app = Flask(__name__)
    Babel(app, default_locale="zh")
    with app.test_request_context():
        once = [document("application_form", 0), document("acceptance_notice", 1), document("acceptance_notice", 2)]
        assert rounds_of(once) == {}, "nothing to tell apart"
        twice = rounds_of([document("application_form", 9), *once])
        assert twice == {"fil-application_form-0": "提交时", "fil-application_form-9": "补正时"}
        thrice = rounds_of([document("declaration", day) for day in (5, 0, 9)])
        assert list(thrice.values()) == ["提交时", "第 1 次补正时", "第 2 次补正时"]
