"""The legacy bridge at the broker."""

from __future__ import annotations

from chassis.service import Service, every, on_event, rpc

from contracts import archive, identity, legacy_bridge, lookups, own_data, payment, ties
from legacy_bridge.cases import handlers as cases
from legacy_bridge.cases import office
from legacy_bridge.imports import handlers as imports
from legacy_bridge.imports import office as import_office
from legacy_bridge.lookups import handlers as lookup_handlers
from legacy_bridge.numbers import handlers as numbers
from legacy_bridge.own_data import handlers as own
from legacy_bridge.ties import handlers as tie_handlers


class LegacyBridgeService(Service):
    name = "legacy_bridge"

    locate = rpc(legacy_bridge.LOCATE, numbers.locate)

    look_up_old_cases = rpc(lookups.LOOK_UP_OLD_CASES, lookup_handlers.look_up_old_cases)

    list_legacy_cases = rpc(legacy_bridge.LIST_LEGACY_CASES, cases.list_legacy_cases)
    list_ended_legacy_cases = rpc(legacy_bridge.LIST_ENDED_LEGACY_CASES, cases.list_ended_legacy_cases)
    get_legacy_case = rpc(legacy_bridge.GET_LEGACY_CASE, cases.get_legacy_case)
    ask_legacy_fee = rpc(legacy_bridge.ASK_LEGACY_FEE, cases.ask_legacy_fee)
    answer_legacy_correction = rpc(legacy_bridge.ANSWER_LEGACY_CORRECTION, cases.answer_legacy_correction)
    complete_legacy_case = rpc(legacy_bridge.COMPLETE_LEGACY_CASE, cases.complete_legacy_case)
    list_legacy_queue = rpc(legacy_bridge.LIST_LEGACY_QUEUE, office.list_legacy_queue)
    total_legacy_cases = rpc(legacy_bridge.TOTAL_LEGACY_CASES, office.total_legacy_cases)
    decide_legacy_case = rpc(legacy_bridge.DECIDE_LEGACY_CASE, office.decide_legacy_case)
    check_legacy_decision = rpc(legacy_bridge.CHECK_LEGACY_DECISION, office.check_legacy_decision)
    open_legacy_file = rpc(legacy_bridge.OPEN_LEGACY_FILE, office.open_legacy_file)
    list_legacy_imports = rpc(legacy_bridge.LIST_LEGACY_IMPORTS, import_office.list_legacy_imports)
    get_legacy_import = rpc(legacy_bridge.GET_LEGACY_IMPORT, import_office.get_legacy_import)
    sample_legacy_import = rpc(legacy_bridge.SAMPLE_LEGACY_IMPORT, import_office.sample_legacy_import)
    list_legacy_rejects = rpc(legacy_bridge.LIST_LEGACY_REJECTS, import_office.list_legacy_rejects)
    undo_legacy_import = rpc(legacy_bridge.UNDO_LEGACY_IMPORT, import_office.undo_legacy_import)
    own_data = rpc(own_data.OWN_DATA["legacy_bridge"], own.own_data)
    account_ties = rpc(ties.ACCOUNT_TIES["legacy_bridge"], tie_handlers.account_ties)
    keep_legacy_clocks = every(60, cases.keep_clocks)

    on_legacy_account_linked = on_event(identity.LEGACY_ACCOUNT_LINKED, cases.note_linked)
    on_legacy_account_unlinked = on_event(identity.LEGACY_ACCOUNT_UNLINKED, cases.note_unlinked)
    on_legacy_fee_paid = on_event(payment.LEGACY_FEE_PAID, cases.note_paid)
    on_legacy_certificate_issued = on_event(archive.LEGACY_CERTIFICATE_ISSUED, cases.note_registered)
    on_legacy_registrations_loaded = on_event(archive.LEGACY_REGISTRATIONS_LOADED, imports.note_loaded)
    on_legacy_registrations_withdrawn = on_event(archive.LEGACY_REGISTRATIONS_WITHDRAWN, imports.note_withdrawn)
    on_legacy_registrations_summed = on_event(archive.LEGACY_REGISTRATIONS_SUMMED, imports.note_sums)
    on_legacy_accounts_loaded = on_event(identity.LEGACY_ACCOUNTS_LOADED, imports.note_loaded)
    on_legacy_accounts_withdrawn = on_event(identity.LEGACY_ACCOUNTS_WITHDRAWN, imports.note_withdrawn)
    on_legacy_accounts_summed = on_event(identity.LEGACY_ACCOUNTS_SUMMED, imports.note_sums)
