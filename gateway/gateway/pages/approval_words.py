"""What approving a case does, in words: a first registration gets a number and a certificate, a cancellation ends them.
One row for each procedure; filing types are not named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from contracts.forms import Procedure
from flask_babel import lazy_gettext as _l

from gateway.forms.descriptions import procedure_name

NOTICE = _l("申请人马上收到通知。")


@dataclass(frozen=True)
class Approval:
    """``name``, ``more``: the choice of the examiner and what comes of it; ``question``, ``effects``, ``confirm``:
    the page that asks once more; ``said``: what was done, of a ``title``; ``approved`` and ``done``: the same in the
    course of a case."""

    name: Any
    more: Any
    question: Any
    effects: tuple[Any, ...]
    confirm: Any
    said: Any
    approved: Any
    done: Any

    def told(self, title: str) -> str:
        """What was done."""
        return str(self.said) % {"title": title}


APPROVALS: dict[Procedure, Approval] = {
    "registration": Approval(
        _l("准予登记"),
        _l("给出登记号，签发证书，不能撤回。"),
        _l("准予登记，不能撤回"),
        (_l("登记簿给出登记号，登记生效。"), _l("证书自动制作、签名、加盖时间戳。"), NOTICE),
        _l("确认准予登记"),
        _l("已准予登记：%(title)s。登记号和证书马上生成。"),
        _l("已准予登记"),
        _l("登记并发出证书"),
    ),
    "change": Approval(
        _l("准予变更、补充"),
        _l("记入登记簿，发出变更或补充证明，不能撤回。"),
        _l("准予变更、补充，不能撤回"),
        (
            _l("变更、补充的内容记入登记簿；登记号不变，不发新证书。"),
            _l("变更或补充证明自动制作、签名、加盖时间戳。"),
            NOTICE,
        ),
        _l("确认准予变更、补充"),
        _l("已准予变更、补充：%(title)s。变更或补充证明马上生成。"),
        _l("已准予变更、补充"),
        _l("记入登记簿，发出变更或补充证明"),
    ),
    "assignment": Approval(
        _l("准予转让合同登记"),
        _l("记入登记簿，发出转让合同登记证书，不能撤回。"),
        _l("准予转让合同登记，不能撤回"),
        (_l("转让合同记入登记簿；登记号不变。"), _l("转让合同登记证书自动制作、签名、加盖时间戳。"), NOTICE),
        _l("确认准予转让合同登记"),
        _l("已准予转让合同登记：%(title)s。转让合同登记证书马上生成。"),
        _l("已准予转让合同登记"),
        _l("记入登记簿，发出转让合同登记证书"),
    ),
    "licence": Approval(
        _l("准予许可合同登记"),
        _l("记入登记簿，发出专有许可合同登记证书，不能撤回。"),
        _l("准予专有许可合同登记，不能撤回"),
        (_l("专有许可合同记入登记簿；登记号不变。"), _l("专有许可合同登记证书自动制作、签名、加盖时间戳。"), NOTICE),
        _l("确认准予专有许可合同登记"),
        _l("已准予专有许可合同登记：%(title)s。专有许可合同登记证书马上生成。"),
        _l("已准予专有许可合同登记"),
        _l("记入登记簿，发出专有许可合同登记证书"),
    ),
    "pledge": Approval(
        _l("准予出质登记"),
        _l("质权记入登记簿，发出质权登记证书，不能撤回。"),
        _l("准予出质登记，不能撤回"),
        (
            _l("质权记入登记簿，自登记时设立；登记号不变。"),
            _l("质权登记证书自动制作、签名、加盖时间戳。"),
            NOTICE,
        ),
        _l("确认准予出质登记"),
        _l("已准予出质登记：%(title)s。质权登记证书马上生成。"),
        _l("已准予出质登记"),
        _l("记入登记簿，发出质权登记证书"),
    ),
    "release": Approval(
        _l("准予注销质权"),
        _l("质权在登记簿上注销，发出质权注销登记证明，不能撤回。"),
        _l("准予注销质权，不能撤回"),
        (
            _l("质权在登记簿上注销，质权登记证书不再有效；著作权的登记不变。"),
            _l("质权注销登记证明自动制作、签名、加盖时间戳。"),
            NOTICE,
        ),
        _l("确认注销质权"),
        _l("已准予注销质权：%(title)s。质权注销登记证明马上生成。"),
        _l("已准予注销质权"),
        _l("注销质权并发出证明"),
    ),
    "termination": Approval(
        _l("准予专有许可终止登记"),
        _l("专有许可在登记簿上终止，发出专有许可终止登记证明，不能撤回。"),
        _l("准予专有许可终止登记，不能撤回"),
        (
            _l("专有许可在登记簿上终止，权利人可以再许可他人；著作权的登记不变。"),
            _l("专有许可终止登记证明自动制作、签名、加盖时间戳。"),
            NOTICE,
        ),
        _l("确认终止专有许可"),
        _l("已准予专有许可终止登记：%(title)s。专有许可终止登记证明马上生成。"),
        _l("已准予专有许可终止登记"),
        _l("终止专有许可并发出证明"),
    ),
    "reissue": Approval(
        _l("准予补发、换发证书"),
        _l("发出新证书，原证书不再有效，不能撤回。"),
        _l("准予补发、换发证书，不能撤回"),
        (
            _l("补发、换发记入登记簿；登记号不变，原证书不再有效。"),
            _l("新证书自动制作、签名、加盖时间戳。"),
            NOTICE,
        ),
        _l("确认补发、换发证书"),
        _l("已准予补发、换发证书：%(title)s。新证书马上生成。"),
        _l("已准予补发、换发证书"),
        _l("发出新证书"),
    ),
    "cancellation": Approval(
        _l("准予撤销登记"),
        _l("登记被撤销，证书不再有效，不能撤回。"),
        _l("准予撤销登记，不能撤回"),
        (
            _l("这项登记在登记簿上撤销，任何人查询都看到登记已被撤销。"),
            _l("登记证书不再有效。"),
            _l("撤销登记证明自动制作、签名、加盖时间戳。"),
            NOTICE,
        ),
        _l("确认撤销这项登记"),
        _l("已准予撤销登记：%(title)s。登记随即撤销，证书不再有效，撤销登记证明马上生成。"),
        _l("已准予撤销登记"),
        _l("撤销登记并发出证明"),
    ),
}


def approval_of(filing_type: str) -> Approval:
    """What approving a case of this type does. A type says first of what kind it is, then which procedure; where it is
    not known, as for a first registration."""
    procedure = cast(Procedure, procedure_name(filing_type))
    return APPROVALS.get(procedure, APPROVALS["registration"])
