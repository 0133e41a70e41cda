"""The provider as a web application: both APIs, the payer's page, and the controls of the sandbox."""

from html import escape
from pathlib import Path

from flask import Flask, Response, abort, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from registry_infra.provider import alipay, wechatpay
from registry_infra.provider.keys import ProviderKeys
from registry_infra.provider.state import Books, Trade

_PAGE = """<!doctype html><html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>演示支付 Sandbox payment</title>
<body style="font:16px/1.6 system-ui;max-width:26rem;margin:3rem auto;padding:0 1rem;text-align:center">
<p>演示环境，不会扣款<br>Sandbox: no money is taken</p>
<h1 style="font-size:2.4rem">¥{amount}</h1><p>{description}</p>{form}
"""
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
    books = provider.books
    app.register_blueprint(wechatpay.blueprint(books, provider.keys))
    app.register_blueprint(alipay.blueprint(books, provider.keys))

    def pay(trade: Trade, amount: int | None, times: int, *, delay: float, forged: bool, stale: bool) -> Trade | None:
        """None when the trade is closed or has expired. Paying again only repeats the notices."""
        if trade.state != "SUCCESS" and not trade.open:
            return None
        paid = books.pay(trade, trade.amount if amount is None else amount)
        books.add_notices(paid, times, delay=delay, forged=forged, stale=stale)
        return paid

    @app.post("/simulator/pay")
    def simulate() -> tuple[Response, int]:
        """A payer pays: `{out_trade_no, amount?, times?, delay?, forged?, stale?}`."""
        wish = request.get_json()
        trade = books.find(wish["out_trade_no"])
        if trade is None:
            return jsonify(state="unknown"), 404
        paid = pay(
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

    @app.route("/checkout/<code>", methods=["GET", "POST"])
    def checkout(code: str) -> AnyResponse:
        """What the payer sees after scanning a code or opening the H5 address."""
        trade = books.find_code(code)
        if trade is None:
            abort(404)
        if request.method == "POST" and trade.state != "SUCCESS":
            trade = pay(trade, None, 1, delay=0, forged=False, stale=False) or trade
        form = {"SUCCESS": "<p>✓ 已支付 Paid</p>"}.get(trade.state, _FORM if trade.open else "<p>已关闭 Closed</p>")
        page = _PAGE.format(amount=f"{trade.amount / 100:.2f}", description=escape(trade.description), form=form)
        return Response(page, content_type="text/html; charset=utf-8")

    @app.get("/healthz")
    @app.get("/readyz")
    def ready() -> tuple[Response, int]:
        return jsonify(status="ok"), 200

    return app
