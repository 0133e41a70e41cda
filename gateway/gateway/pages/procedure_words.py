"""Who may file what about a registration, and when it cannot be filed: said before somebody begins."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.forms import FilingType
from flask_babel import gettext as _

from gateway.forms.descriptions import procedure_name


@dataclass(frozen=True)
class WhoFiles:
    files: str
    not_when: tuple[str, ...] = ()


def who_files(filing_type: FilingType) -> WhoFiles:
    """By what the rules of the forms and the archive ask; they have the last word."""
    name = procedure_name(filing_type)
    not_valid = _("登记已经撤销，或者由另一登记取代。")
    assigned = _("权利已经全部转让。转让之后由受让方办理。")
    if name == "release":
        return WhoFiles(
            _("由质权人办理。著作权人不能提出，请联系质权人。"),
            (_("这项登记上没有质权，或者质权已经注销。"), _("登记的质权人不是您。"), not_valid),
        )
    if name == "termination":
        return WhoFiles(
            _("由被许可人办理，被许可人有几位的，都要签字。著作权人不能提出，请联系被许可人。"),
            (_("这项登记上没有专有许可，或者已经终止、期限已满。"), _("登记的被许可人不是您。"), not_valid),
        )
    owner = _("由著作权人办理；权利全部转让的，由受让方办理。部分权利的受让方、被许可人和质权人不能提出。")
    if name == "cancellation":
        return WhoFiles(owner, (assigned, _("登记上还有有效的转让、专有许可或者质权。"), not_valid))
    if name == "reissue":
        unchanged = _("要换发，而登记之后没有变更过，也没有全部转让；登记机构写错的，在证书页面报告。")
        return WhoFiles(owner, (assigned, unchanged, not_valid))
    if name == "change":
        return WhoFiles(owner, (assigned, _("要改的是作品或者软件的内容、完成日期，或者要增减著作权人。"), not_valid))
    lasting = (_("权利只受让了一段时间：质权没有期限。"),) if name == "pledge" else ()
    return WhoFiles(
        _("由权利人办理：著作权人，或者登记的受让方。"),
        (assigned, *lasting, _("所处分的权利已经转让或者专有许可他人，或者已经出质而质权人没有同意。"), not_valid),
    )
