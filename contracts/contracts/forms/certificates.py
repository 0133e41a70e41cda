"""补发、换发证书申请 and 撤销登记申请: what is asked of a certificate, or of a registration to be given up."""

from __future__ import annotations

from typing import Annotated, Literal

from contracts.base import Model
from contracts.forms.change import Registered
from contracts.forms.parts import Contact
from contracts.text import Paragraphs

ReissueReason = Literal["lost", "damaged", "outdated"]
"""遗失、损毁: 补发; *outdated*, the register says something else since: 换发."""


class ReissueForm(Model):
    """补发、换发: another certificate of the same registration."""

    on_register: Registered = Registered()
    reissue_reason: ReissueReason | None = None
    reissue_statement: Annotated[str, Paragraphs(1000)] = ""
    filing_mode: Literal["applicant", "agent"] = "applicant"
    contact: Contact = Contact()


class WorkReissueForm(ReissueForm):
    """作品登记证书补发或换发申请."""


class SoftwareReissueForm(ReissueForm):
    """计算机软件著作权登记证书补发或换发申请."""


class CancellationForm(Model):
    """撤销登记: by the wish of those whose it is."""

    on_register: Registered = Registered()
    cancellation_statement: Annotated[str, Paragraphs(1000)] = ""
    filing_mode: Literal["applicant", "agent"] = "applicant"
    contact: Contact = Contact()


class WorkCancellationForm(CancellationForm):
    """作品登记撤销申请."""


class SoftwareCancellationForm(CancellationForm):
    """计算机软件著作权登记撤销申请."""
