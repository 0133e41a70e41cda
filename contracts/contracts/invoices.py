"""Contracts of electronic-invoice data (数电票): what the tax platform is given for an order and its refunds.

The platform gives the invoice its number; we give the data, under a serial number of our own by which the same is not
issued twice. A fee that the law asks for bears no value-added tax (不征税). Money is integer fen; amounts of a red
invoice are negative.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from contracts.base import SIGNED_IN, Identifier, Model, RpcMethod

RedReason = Literal["01", "02", "03", "04"]
"""红冲原因, by the platform's codes: 01 开票有误, 02 销货退回, 03 服务中止, 04 销售折让."""


class InvoiceLine(Model):
    """One line of an invoice. ``unit_price`` and the amounts are fen."""

    line: int
    name: str = Field(description="项目名称")
    unit: str = Field(default="件", description="单位")
    quantity: int = Field(description="数量")
    unit_price: int = Field(description="单价，分")
    amount: int = Field(description="金额，分")
    tax_rate: str = Field(default="不征税", description="税率/征收率")
    tax: int = Field(default=0, description="税额，分")
    remark: str = ""


class Invoice(Model, personal=("buyer_name",)):
    """*blue*: the order as it was paid. *red*: one refund of it that has arrived; ``original_serial`` is the blue's."""

    kind: Literal["blue", "red"]
    serial: str = Field(description="发票请求流水号")
    original_serial: str | None = Field(default=None, description="对应蓝字发票的请求流水号")
    red_reason: RedReason | None = Field(default=None, description="红冲原因")
    issued_on: date = Field(description="开票日期")
    seller_name: str = Field(description="销售方名称")
    seller_tax_id: str = Field(description="销售方统一社会信用代码/纳税人识别号")
    buyer_name: str = Field(description="购买方名称")
    buyer_tax_id: str = Field(default="", description="购买方统一社会信用代码/纳税人识别号；个人没有")
    lines: list[InvoiceLine]
    amount: int = Field(description="合计金额，分")
    tax: int = Field(default=0, description="合计税额，分")
    total: int = Field(description="价税合计（小写），分")
    total_words: str = Field(description="价税合计（大写）")
    remark: str = Field(description="备注")


class InvoicesOf(Model):
    order_id: Identifier


class InvoiceList(Model):
    """Of one order: the blue invoice, then a red one for each refund that has arrived. Their sum is what was kept."""

    order_id: str
    application_id: str
    items: list[Invoice]
    xml: str = Field(description="the same, as one XML document")


LIST_INVOICES = RpcMethod("payment", "list_invoices", InvoicesOf, InvoiceList, SIGNED_IN)

ERRORS = {"invoice_not_due": 409}
