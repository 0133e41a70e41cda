"""The provider's bills of a day (Asia/Shanghai), in the forms of WeChat Pay and Alipay."""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from contracts.simulator import MERCHANT

from registry_infra.provider.records import Refund, Trade
from registry_infra.provider.state import Books

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_WECHAT = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,"
    "手续费,费率,订单金额,申请退款金额,费率备注"
)
_WECHAT_SUMMARY = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
_ALIPAY = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,"
    "商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,"
    "卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)


def _of(books: Books, provider: str, day: date) -> tuple[list[Trade], list[tuple[Refund, Trade]]]:
    """What was paid on the day, and which refunds were taken on."""
    trades = [trade for trade in books.trades() if trade.provider == provider]
    paid = [trade for trade in trades if trade.paid_at and _day(trade.paid_at) == day]
    back = [(one, trade) for trade in trades for one in books.refunds_of(trade) if _day(one.created_at) == day]
    return paid, back


def _day(moment: float) -> date:
    return datetime.fromtimestamp(moment, _SHANGHAI).date()


def _local(moment: float | None) -> str:
    return datetime.fromtimestamp(moment or 0, _SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def _yuan(fen: int | None) -> str:
    return f"{(fen or 0) / 100:.2f}"


def wechat_bill(books: Books, day: date) -> str | None:
    """The ALL bill; none for a day without trades."""
    paid, back = _of(books, "wechat", day)
    if not paid and not back:
        return None
    rows = [_wechat_row(trade, None) for trade in paid] + [_wechat_row(trade, refund) for refund, trade in back]
    came, returned = sum(trade.paid_amount or 0 for trade in paid), sum(refund.amount for refund, _ in back)
    summary = [len(rows), _yuan(came), _yuan(returned), "0.00", "0.00000", _yuan(came), _yuan(returned)]
    lines = [_WECHAT, *(_ticked(row) for row in rows), _WECHAT_SUMMARY, _ticked(summary)]
    return "\ufeff" + "\r\n".join(lines) + "\r\n"


def _ticked(values: Sequence[object]) -> str:
    return ",".join(f"`{value}" for value in values)


def _wechat_row(trade: Trade, refund: Refund | None) -> list[object]:
    merchant = [MERCHANT["REGISTRY_WECHATPAY_APPID"], MERCHANT["REGISTRY_WECHATPAY_MCHID"], "0", ""]
    about = [trade.transaction_id, trade.out_trade_no, "oSandboxPayer0000000000000001"]
    kind = "MWEB" if trade.scene == "h5" else "NATIVE"
    title = trade.description.replace(",", " ")
    if refund is None:
        back: list[object] = ["0", "0", "0.00", "0.00", "", ""]
        came = [_yuan(trade.paid_amount), "0.00"]
        state = ["SUCCESS", "OTHERS", "CNY", *came, *back, title, "", "0.00000", "0.60%"]
        return [_local(trade.paid_at), *merchant, *about, kind, *state, _yuan(trade.paid_amount), "0.00", ""]
    amount = _yuan(refund.amount)
    back = [refund.refund_id, refund.out_refund_no, amount, "0.00", "ORIGINAL", refund.state]
    state = ["REFUND", "OTHERS", "CNY", "0.00", "0.00", *back, title, "", "0.00000", "0.60%"]
    return [_local(refund.created_at), *merchant, *about, kind, *state, "0.00", amount, ""]


def alipay_bill(books: Books, day: date) -> bytes | None:
    """A ZIP with the details and the summary, names and text in GBK; none for a day without trades."""
    paid, back = _of(books, "alipay", day)
    if not paid and not back:
        return None
    details = io.StringIO()
    details.write(f"#支付宝业务明细查询\r\n#账号：[{MERCHANT['REGISTRY_ALIPAY_APP_ID']}]\r\n")
    details.write("#-----------------------------------------业务明细列表----------------------------------------\r\n")
    writer = csv.writer(details)
    writer.writerow(_ALIPAY.split(","))
    for trade in paid:
        writer.writerow(_alipay_row(trade, None))
    for refund, trade in back:
        writer.writerow(_alipay_row(trade, refund))
    details.write("#-----------------------------------------业务明细列表结束------------------------------------\r\n")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as files:
        name = f"2088000000000000_{day:%Y%m%d}"
        files.writestr(f"{name}_业务明细.csv", details.getvalue().encode("gb18030"))
        files.writestr(f"{name}_业务明细(汇总).csv", f"#合计：{len(paid) + len(back)}笔\r\n".encode("gb18030"))
    return packed.getvalue()


def _alipay_row(trade: Trade, refund: Refund | None) -> list[str]:
    amount = -refund.amount if refund else trade.paid_amount
    at = _local(refund.created_at if refund else trade.paid_at)
    values = [
        trade.transaction_id or "",
        trade.out_trade_no,
        "退款" if refund else "交易",
        trade.description,
        at,
        at,
        *([""] * 4),
        "*三(pay***@example.com)",
        _yuan(amount),
        _yuan(amount),
        *(["0.00"] * 5),
        "",
        "0.00",
        "0.00",
        refund.out_refund_no if refund else "",
        "0.00",
        "0.00",
        "",
    ]
    return [f"{value}\t" for value in values]
