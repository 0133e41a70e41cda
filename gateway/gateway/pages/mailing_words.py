"""What is said of parcels with paper certificates."""

from __future__ import annotations

from flask_babel import gettext as _


def parcel_states() -> dict[str, str]:
    """In their order."""
    return {
        "asked": _("待打印"),
        "printed": _("已打印，待寄出"),
        "sent": _("已寄出"),
        "delivered": _("已妥投"),
        "returned": _("被退回"),
        "cancelled": _("已取消"),
    }


def return_reasons() -> dict[str, str]:
    return {
        "unknown_address": _("地址不详或有误"),
        "not_reached": _("联系不上收件人"),
        "refused": _("收件人拒收"),
        "not_collected": _("逾期未领"),
        "other": _("其他原因"),
    }


def address_labels() -> dict[str, str]:
    """Of the fields of an address."""
    return {
        "recipient": _("收件人"),
        "telephone": _("联系电话"),
        "province": _("省、自治区、直辖市"),
        "city": _("市、区、县"),
        "street": _("街道和门牌号"),
        "postcode": _("邮政编码"),
    }


def row_problems() -> dict[str, str]:
    """Of a row of a file of tracking numbers."""
    return {
        "parcel_unknown": _("没有这个邮件编号"),
        "parcel_not_printed": _("还没有打印，或者打印后改了地址、换发了证书"),
        "parcel_stopped": _("证书已被替换或撤销，不再寄出"),
        "parcel_sent_already": _("已经登记过另一个 EMS 单号"),
        "tracking_number_wrong": _("不是 EMS 单号：位数或校验位不对"),
        "tracking_number_used": _("这个 EMS 单号已经登记给另一件"),
        "tracking_number_doubled": _("邮件编号或 EMS 单号在这份文件里重复"),
    }


def step_notes() -> dict[str, str]:
    """What stands beside a step, in words."""
    notes = {
        "form": str(_("填申请表时选择")),
        "another_keeper": str(_("权利已经转让或者证书换发给了别人，不再寄给原来的地址")),
    }
    return return_reasons() | notes
