"""The provider as a web application: both APIs, the payer's page, and the controls of the sandbox."""

from html import escape
from pathlib import Path

from flask import Flask, Response, abort, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from registry_infra.provider import alipay, official_account, wechatpay
from registry_infra.provider.keys import ProviderKeys
from registry_infra.provider.records import Trade
from registry_infra.provider.state import Books

_PAGE = """<!doctype html><html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>演示支付 Sandbox payment</title>
<body style="font:16px/1.6 system-ui;max-width:26rem;margin:3rem auto;padding:0 1rem;text-align:center">
<p>演示环境，不会扣款<br>Sandbox: no money is taken</p>
<h1 style="font-size:2.4rem">¥{amount}</h1><p>{description}</p>{form}{back}
"""
_BACK = """<p><a href="{url}" style="display:block;padding:.7rem">返回商家 Back to the office</a></p>"""
_FORM = """<form method="post"><button style="font:inherit;padding:.7rem 2rem">支付 Pay</button></form>"""


class Provider:
    """What the web application and the notifier share."""

    def __init__(self, keys_folder: Path, state_file: Path) -> None:
        self.keys = ProviderKeys.load(keys_folder)
        self.books = Books(state_file)


def create_app(provider: Provider) -> Flask:
    """Both providers, and the pages and switches by which people and tests play the payer."""
    app = Flask(__name__)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Flask's default provider has it
    payer = Payer(provider.books)
    app.register_blueprint(wechatpay.Transactions(provider.books, provider.keys).blueprint())
    app.register_blueprint(alipay.Gateway(provider.books, provider.keys).blueprint())
    app.add_url_rule("/simulator/pay", view_func=payer.told_to_pay, methods=["POST"])
    app.add_url_rule("/simulator/refunds", view_func=payer.told_of_refunds, methods=["POST"])
    app.add_url_rule("/checkout/<code>", view_func=payer.checkout, methods=["GET", "POST"])
    app.register_blueprint(official_account.Platform(provider.keys).blueprint())
    for probe in ("/healthz", "/readyz"):
        app.add_url_rule(probe, view_func=ready)
    return app


def ready() -> tuple[Response, int]:
    """There is nothing else it could wait for."""
    return jsonify(status="ok"), 200


class Payer:
    """Who pays, in a browser or because a test says so."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def told_to_pay(self) -> tuple[Response, int]:
        """By a test: `{out_trade_no, amount?, times?, delay?, forged?, stale?}`, fen and seconds."""
        wish = request.get_json()
        trade = self._books.find(wish["out_trade_no"])
        if trade is None:
            return jsonify(state="unknown"), 404
        paid = self._pay(
            trade,
            wish.get("amount"),
            int(wish.get("times", 1)),
            delay=float(wish.get("delay", 0)),
            forged=bool(wish.get("forged")),
            stale=bool(wish.get("stale")),
        )
        if paid is None:
            return jsonify(state="closed"), 409
        return jsonify(state=paid.state, transaction_id=paid.transaction_id, paid_amount=paid.paid_amount), 200

    def told_of_refunds(self) -> tuple[Response, int]:
        """By a test: `{out_trade_no, outcome}`, what becomes of refunds: SUCCESS, PROCESSING, ABNORMAL, CLOSED."""
        wish = request.get_json()
        self._books.plan(str(wish["out_trade_no"]), str(wish["outcome"]))
        return jsonify(outcome=wish["outcome"]), 200

    def checkout(self, code: str) -> AnyResponse:
        """What the payer sees after scanning a code or opening the H5 address."""
        trade = self._books.find_code(code)
        if trade is None:
            abort(404)
        if request.method == "POST" and trade.state != "SUCCESS":
            trade = self._pay(trade, None, 1, delay=0, forged=False, stale=False) or trade
        form = {"SUCCESS": "<p>✓ 已支付 Paid</p>"}.get(trade.state, _FORM if trade.open else "<p>已关闭 Closed</p>")
        url = request.args.get("redirect_url", "")
        back = _BACK.format(url=escape(url)) if url.startswith(("http://", "https://")) else ""
        amount, description = f"{trade.amount / 100:.2f}", escape(trade.description)
        page = _PAGE.format(amount=amount, description=description, form=form, back=back)
        return Response(page, content_type="text/html; charset=utf-8")

    def _pay(
        self, trade: Trade, amount: int | None, times: int, *, delay: float, forged: bool, stale: bool
    ) -> Trade | None:
        """None when the trade is closed or has expired. Paying again only repeats the notices."""
        if trade.state != "SUCCESS" and not trade.open:
            return None
        paid = self._books.pay(trade, trade.amount if amount is None else amount)
        self._books.add_notices(paid, times, delay=delay, forged=forged, stale=stale)
        return paid
