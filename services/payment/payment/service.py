"""The payment service: tariff, orders, payments, callbacks."""

from __future__ import annotations

from chassis.service import Service, every, on_event, rpc
from contracts.batches import BATCH_SUBMITTED
from contracts.expedite import EXPEDITE_ADVANCED
from contracts.filing import (
    APPLICATION_LAPSED,
    APPLICATION_MOVED,
    APPLICATION_REFUSED,
    APPLICATION_SUBMITTED,
    APPLICATION_WITHDRAWN,
)
from contracts.identity import IDENTITY_VERIFIED
from contracts.identity.events import ACCOUNT_CLOSED, IDENTITY_REOPENED
from contracts.legacy_bridge import LEGACY_CASE_ENDED, LEGACY_CASE_MOVED, LEGACY_FEE_DUE

from contracts import books, cashier, fees, invoices, own_data, payment, refunds, statements, ties
from payment.cashier import handlers as desk
from payment.cashier import views as desk_views
from payment.cashier import writing_off
from payment.closing import handlers as closing
from payment.holders import handlers as holders
from payment.invoices import handlers as invoicing
from payment.orders import handlers as orders
from payment.orders import old_cases, receipts, slips
from payment.own_data import handlers as own
from payment.payers import handlers as payers
from payment.providers import handlers as providers
from payment.reconciliation import handlers as reconciliation
from payment.refunds import asking, by_bank, finding, offering, sending
from payment.settlement import handlers as settlement
from payment.settlement import redirecting, transfers
from payment.statements import handlers as bank
from payment.statements import leaving, proposing
from payment.tariff import handlers as tariffs
from payment.ties import handlers as tie_handlers


class PaymentService(Service):
    name = "payment"

    tariff = rpc(payment.TARIFF, tariffs.tariff)
    reckon_fee = rpc(payment.RECKON_FEE, tariffs.reckon_fee)
    reckon_fees = rpc(fees.RECKON_FEES, tariffs.reckon_fees)

    on_application_submitted = on_event(APPLICATION_SUBMITTED, orders.create_order)
    on_batch_submitted = on_event(BATCH_SUBMITTED, orders.create_batch_order)
    on_application_withdrawn = on_event(APPLICATION_WITHDRAWN, orders.cancel_withdrawn)
    on_application_lapsed = on_event(APPLICATION_LAPSED, orders.cancel_lapsed)
    on_application_refused = on_event(APPLICATION_REFUSED, orders.cancel_refused)
    on_expedite_advanced = on_event(EXPEDITE_ADVANCED, orders.follow_expedite)
    on_legacy_fee_due = on_event(LEGACY_FEE_DUE, old_cases.open_order)
    on_legacy_case_ended = on_event(LEGACY_CASE_ENDED, old_cases.cancel_ended)
    on_application_moved = on_event(APPLICATION_MOVED, holders.follow_case)
    on_legacy_case_moved = on_event(LEGACY_CASE_MOVED, holders.follow_case)
    on_identity_verified = on_event(IDENTITY_VERIFIED, payers.note_verified)
    on_identity_reopened = on_event(IDENTITY_REOPENED, payers.note_reopened)
    on_account_closed = on_event(ACCOUNT_CLOSED, payers.note_closed)
    get_order = rpc(payment.GET_ORDER, orders.get_order)
    list_orders = rpc(payment.LIST_ORDERS, orders.list_orders)
    list_documents = rpc(payment.LIST_DOCUMENTS, orders.list_documents)
    get_document = rpc(payment.GET_DOCUMENT, orders.get_document)
    own_data = rpc(own_data.OWN_DATA["payment"], own.own_data)
    account_ties = rpc(ties.ACCOUNT_TIES["payment"], tie_handlers.account_ties)
    offer_in_sandbox = every(60, tariffs.offer_in_sandbox)
    issue_receipts = every(1, receipts.issue_receipts)
    issue_slips = every(5, slips.issue_slips)

    follow_moved_orders = every(60, holders.follow_late)

    start_payment = rpc(payment.START_PAYMENT, providers.start_payment)
    get_payment = rpc(payment.GET_PAYMENT, providers.get_payment)
    sandbox_pay = rpc(payment.SANDBOX_PAY, providers.sandbox_pay)

    list_refunds = rpc(refunds.LIST_REFUNDS, asking.list_refunds)
    total_refunds = rpc(refunds.TOTAL_REFUNDS, finding.total_refunds)
    find_orders = rpc(refunds.FIND_ORDERS, finding.find_orders)
    get_refund = rpc(refunds.GET_REFUND, asking.get_refund)
    ask_refund = rpc(refunds.ASK_REFUND, redirecting.ask_refund)
    assign_held = rpc(refunds.ASSIGN_HELD, transfers.assign_held)
    offer_payee = rpc(refunds.OFFER_PAYEE, offering.offer_payee)
    decide_refund = rpc(refunds.DECIDE_REFUND, leaving.decide_refund)
    make_payment_file = rpc(refunds.MAKE_PAYMENT_FILE, by_bank.make_payment_file)
    get_payment_file = rpc(refunds.GET_PAYMENT_FILE, by_bank.get_payment_file)
    carry_refunds = every(5, sending.carry_refunds)

    list_invoices = rpc(invoices.LIST_INVOICES, invoicing.list_invoices)
    trial_balance = rpc(books.TRIAL_BALANCE, closing.trial_balance)
    list_closings = rpc(books.LIST_CLOSINGS, closing.list_closings)
    income = rpc(books.INCOME, closing.income_by_month)
    close_days = every(60, closing.close_days)

    list_reconciliations = rpc(books.LIST_RECONCILIATIONS, reconciliation.list_reconciliations)
    get_reconciliation = rpc(books.GET_RECONCILIATION, reconciliation.get_reconciliation)
    reconcile_again = rpc(books.RECONCILE_AGAIN, reconciliation.reconcile_again)
    explain_difference = rpc(books.EXPLAIN_DIFFERENCE, reconciliation.explain_difference)
    plan_days = every(60, reconciliation.plan_days)
    compare_days = every(10, reconciliation.compare_days)

    take_statement = rpc(statements.TAKE_STATEMENT, bank.take_statement)
    list_statements = rpc(statements.LIST_STATEMENTS, bank.list_statements)
    get_statement = rpc(statements.GET_STATEMENT, bank.get_statement)
    accept_statement = rpc(statements.ACCEPT_STATEMENT, bank.accept_statement)
    list_bank_rows = rpc(statements.LIST_BANK_ROWS, bank.list_bank_rows)
    get_bank_row = rpc(statements.GET_BANK_ROW, bank.get_bank_row)
    decide_bank_row = rpc(statements.DECIDE_BANK_ROW, proposing.decide_bank_row)
    total_bank_rows = rpc(statements.TOTAL_BANK_ROWS, bank.total_bank_rows)

    cashier_work = rpc(cashier.CASHIER_WORK, desk.cashier_work)
    find_money = rpc(cashier.FIND_MONEY, desk.find_money)
    list_orders_waiting = rpc(cashier.LIST_ORDERS_WAITING, desk.list_orders_waiting)
    get_order_file = rpc(cashier.GET_ORDER_FILE, desk_views.get_order_file)
    ask_write_off = rpc(cashier.ASK_WRITE_OFF, writing_off.ask_write_off)
    decide_write_off = rpc(cashier.DECIDE_WRITE_OFF, writing_off.decide_write_off)

    handle_callback = rpc(payment.HANDLE_CALLBACK, settlement.handle_callback)
    ask_providers = every(5, settlement.ask_providers)
