"""Every route, pages and API alike, tried with everybody: visitors, other applicants, each role of the staff.

Who may use which route is written here a second time, so that opening one takes a second thought. The routes come from
the application itself: a new one fails here until somebody has said whom it is for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from contracts.base import STAFF_ROLES
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.author import Author
from tests.one_process import System

ANYONE = """
static home.home guides.guide_index guides.template guides.guide guides.work_category legacy.legacy_entry
legacy.sign_in legacy.sign_in_with_password legacy.sign_out legacy.query
recovery.recovery recovery.details recovery.ask recovery.follow recovery.followed recovery.objection recovery.objected
old_account_undo.asked old_account_undo.undo
health.healthz health.readyz
query.query query.progress query.verify_entry query.verify query.certificate_check query.check_file
api_docs.api_docs api_docs.reference api_docs.problem_list registration.entry registration.start
registration.procedure
staff_set_up.enter_code staff_set_up.set_up
sign_in.sign_in sign_in.sign_in_with_password sign_in.sign_in_with_code sign_in.sign_out
sign_up.choose_kind sign_up.details sign_up.send_details sign_up.code sign_up.confirm
tools.index tools.precheck tools.start_checks tools.check tools.repair tools.job
deposit_builder.deposit deposit_builder.build
notices.notice api.consents.notices_in_force api.consents.read_notice
api.accounts.request_otp api.accounts.register_account api.sessions.create_session api.sessions.refresh_session
api.uploads.describe_uploads api.uploads.describe_upload api.uploads.create_upload api.uploads.resume_upload
api.uploads.continue_upload api.uploads.terminate_upload api.uploads.show_upload
api.prechecks.create_precheck api.prechecks.get_precheck api.prechecks.create_repair api.deposits.create_deposit
api.jobs.get_job api.jobs.download_file api.jobs.show_preview api.forms.describe_form
api.forms.check_form api.payments.get_tariff api.queries.get_progress api.queries.check_certificate
api.queries.check_certificate_file api.queries.search_register api.queries.list_guides
fee_calculator.calculator api.payments.reckon_fee
api.gazette.list_gazette api.gazette.read_gazette api.gazette.open_gazette
api.guides.guide_words
gazette.issues gazette.issue gazette.volume gazette.feed gazette.issue_feed gazette.register
statistics.queue api.expedites.offer_expedite api.expedites.queue_statistics
api.callbacks.wechatpay_callback api.callbacks.alipay_callback api.description.openapi_document
api.recoveries.submit_recovery api.callbacks.wechat_account_echo api.callbacks.wechat_account_message
api.description.asyncapi_document
api.sandbox.sandbox_messages api.sandbox.sandbox_pay api.sandbox.advance_clock api.sandbox.sandbox_staff
api.sandbox.arazzo_document
"""
APPLICANTS = """
account.home account.history account.sessions account.change_password account.send_password_code
account.change_email account.confirm_email account.send_mobile_codes account.change_mobile
api.accounts.send_mobile_codes api.accounts.change_mobile
agreements.agreements agreements.agree agreements.withdraw
message_settings.settings message_settings.choose my_data.copies my_data.ask my_data.download
api.exports.ask_export api.exports.list_exports api.exports.download_export
closing.closing closing.send_code closing.ask closing.withdraw
api.closures.get_closure api.closures.ask_closure api.closures.withdraw_closure
api.notifications.get_message_choices api.notifications.choose_messages
api.consents.list_consents api.consents.give_consent api.consents.withdraw_consent
recovery_cases.cases recovery_cases.ask api.recoveries.ask_for_cases
api.old_accounts.list_old_accounts api.old_accounts.link_old_account api.old_accounts.unlink_old_account
api.old_accounts.complete_account api.old_accounts.list_old_cases api.old_accounts.get_old_case
api.old_accounts.list_old_registrations api.old_accounts.open_old_case_file
api.old_accounts.open_old_paper
old_accounts.old_accounts old_accounts.link old_accounts.undoing old_accounts.undo
old_accounts.complete old_accounts.paper
account.end_session cases.mine cases.case cases.withdrawal cases.withdraw correction.correction correction.answer
correction.add_file correction.remove_file correction_deposit.show correction_deposit.act
case_deposit.builder case_deposit.build case_deposit.use case_deposit.take_over
api.deposits.build_case_deposit api.deposits.use_case_deposit
expedite.expedite expedite.ask expedite.withdraw expedite.evidence
office_acts.mine office_acts.report office_acts.send_report office_acts.one office_acts.be_heard office_acts.file
office_acts.objection office_acts.raise_objection api.office_acts.raise_objection
api.office_acts.report_error api.office_acts.list_held_acts api.office_acts.be_heard
batches.batches batches.create batches.template batches.batch batches.correct batches.prepare batches.declaration
batches.send_code batches.submit batches.sheet batches.numbers batches.discard batch_papers.papers batch_papers.file
api.batches.create_batch api.batches.correct_batch api.batches.prepare_batch api.batches.submit_batch
api.batches.discard_batch api.batch_papers.list_papers api.batch_papers.get_papers api.documents.get_package
api.expedites.ask_expedite api.expedites.withdraw_expedite
mailing.parcel mailing.ask mailing.cancel api.mailing.open_parcel api.mailing.ask_parcel api.mailing.cancel_parcel
seals.seal seals.change api.seals.seal_deposit api.seals.lift_seal
documents.certificates documents.english documents.dossiers documents.dossier documents.package
documents.document documents.material materials.template materials.materials materials.attach materials.remove
messages.messages messages.read messages.read_all
payments.payment payments.start payments.give_account payments.pay_in_sandbox payments.invoice payments.invoice_xml
registration.begin registration.begun registration.begin_procedure cases.deletion cases.delete
cases.again
submission.check submission.prepare submission.declaration submission.send_code submission.submit
legacy_cases.mine legacy_cases.case legacy_cases.answer legacy_cases.complete legacy_cases.file legacy_cases.document
legacy_payment.payment legacy_payment.act legacy_payment.code legacy_payment.pay_in_sandbox
submission.submitted verification.verification verification.submit verification.place verification.thumbnail
wizard.steps wizard.step wizard.save unsaved.keep unsaved.drop correction_unsaved.keep correction_unsaved.drop
api.verifications.submit_verification api.verifications.list_my_verifications api.verifications.place_id_photo
api.verifications.list_id_photos api.verifications.open_id_photo
holding.holding holding.seal holding.asked_seal holding.ask_seal holding.ask_operator holding.withdraw
api.holdings.get_holding api.holdings.open_own_seal api.holdings.ask_replacement api.holdings.withdraw_replacement
api.applications.delete_application api.applications.begin_application_again api.prechecks.replace_material
api.applications.create_application api.applications.list_applications api.applications.save_application
api.applications.prepare_correction api.applications.answer_correction api.applications.withdraw_application
api.materials.attach_material api.materials.order_materials api.materials.remove_material
api.submission.prepare_submission
api.submission.submit_application api.payments.list_orders api.payments.start_payment api.documents.list_certificates
"""
SIGNED_IN = """
tools.choose_application tools.use_in_application api.accounts.get_account
api.accounts.change_password api.sessions.list_sessions
api.sessions.end_current_session api.sessions.end_session api.sessions.end_all_sessions
api.verifications.get_verification api.applications.get_application api.materials.open_material
api.expedites.get_expedite api.expedites.open_evidence
api.office_acts.get_office_act api.office_acts.open_office_act_file api.seals.get_seal
api.batches.batch_template api.batches.list_batches api.batches.get_batch api.batches.list_rows api.batches.get_sheet
api.batches.get_declaration
api.payments.get_order api.payments.get_order_of_application api.payments.get_payment
api.payments.list_invoices api.documents.list_documents
api.documents.get_document api.documents.get_dossier api.messages.list_messages api.messages.read_message
"""
STAFF_ONLY = {
    " ".join(STAFF_ROLES): "workbench.workbench staff_own.own staff_own.change_password staff_own.end_session",
    "archivist administrator": "issuing.issuing",
    "archivist": """
        staff_mailing.queue staff_mailing.take staff_mailing.batch staff_mailing.papers staff_mailing.certificate
        staff_mailing.put_back staff_mailing.correct api.mailing.correct_outcome api.mailing.put_back_mailing
        staff_mailing.tracking staff_mailing.send staff_mailing.send_file_of_numbers staff_mailing.settle
        api.mailing.take_mailing api.mailing.send_parcel api.mailing.send_parcels
        api.mailing.settle_parcel
    """,
    "archivist customer_service": "api.mailing.list_mailing",
    "archivist senior_examiner": """
        staff_office_acts.queue staff_office_acts.new staff_office_acts.propose staff_office_acts.one
        staff_office_acts.decide staff_office_acts.file api.office_acts.list_office_acts
        api.office_acts.registration_stated api.office_acts.propose_act api.office_acts.confirm_act
        staff_seals.queue staff_seals.one staff_seals.propose staff_seals.decide staff_seals.material
        api.seals.list_openings api.seals.propose_opening api.seals.decide_opening
        api.office_acts.dismiss_act api.office_acts.withdraw_act staff_office_acts.document
    """,
    "customer_service archivist administrator": """
        staff_lookups.search staff_lookups.case staff_lookups.document staff_lookups.material
        api.lookups.search api.lookups.open_case_file
    """,
    "customer_service administrator": """
        staff_account_files.account api.lookups.open_account_file
        staff_enquiries.callbacks staff_enquiries.new staff_enquiries.note
        staff_enquiries.enquiry staff_enquiries.settle
        api.enquiries.list_enquiries api.enquiries.list_callbacks api.enquiries.open_enquiry
    """,
    "cashier administrator": """
        staff_books.trial_balance staff_books.trial_balance_file staff_books.income
        staff_reconciliations.days staff_reconciliations.one staff_reconciliations.file
    """,
    "administrator": """
        staff_operations.set_aside staff_operations.try_again staff_operations.in_force
        staff_guides.texts staff_guides.new staff_guides.write staff_guides.text staff_guides.publish staff_guides.end
        api.guides.list_guide_texts api.guides.get_guide_text api.guides.write_guide_text api.guides.publish_guide_text
        api.guides.end_guide_text
        staff_members.members staff_members.invite staff_members.send_invitation staff_members.member
        staff_members.change staff_members.decide staff_members.end_sessions staff_members.issue_code
        api.personnel.list_staff api.personnel.open_staff api.personnel.invite_staff api.personnel.change_staff
        api.personnel.decide_staff_change api.personnel.end_staff_sessions api.personnel.issue_staff_code
        staff_imports.imports staff_imports.one staff_imports.rejects staff_imports.rejects_file
        staff_imports.confirm_undo staff_imports.undo
    """,
    "cashier": """
        staff_bank.queue staff_bank.statements staff_bank.take staff_bank.statement staff_bank.accept
        staff_bank.row staff_bank.decide
        api.statements.take_statement api.statements.list_statements api.statements.get_statement
        api.statements.accept_statement api.statements.list_bank_rows api.statements.get_bank_row
        api.statements.decide_bank_row
        staff_refunds.queue staff_refunds.orders staff_refunds.order staff_refunds.ask
        staff_refunds.make_file staff_refunds.made staff_refunds.file
        staff_refunds.refund staff_refunds.decide staff_reconciliations.act
        api.refunds.list_refunds api.refunds.ask_refund api.refunds.get_refund api.refunds.decide_refund
        staff_cashier.desk staff_orders.orders staff_orders.order staff_orders.receipt staff_orders.invoice
        staff_orders.write_off staff_orders.decide_write_off
        api.cashier.work_items api.cashier.search_money api.cashier.list_waiting_orders api.cashier.get_order_file
    """,
    "customer_service": """
        api.enquiries.note_enquiry api.enquiries.settle_callback
        staff_recoveries.queue staff_recoveries.recovery staff_recoveries.decide staff_recoveries.picture
        staff_batches.batches staff_batches.one
    """,
    "intake": """
        paper.paper paper.receive paper.note_deficient paper.correct
        api.examinations.receive_paper api.examinations.note_paper_deficient
        api.examinations.correct_paper_receipt
    """,
    "reviewer": """
        staff_verifications.queue staff_verifications.verification staff_verifications.decide
        staff_verifications.reopen api.verifications.reopen_verification
        staff_verifications.image api.verifications.list_verification_queue
        api.verifications.open_verification_image api.verifications.decide_verification
    """,
    "examiner senior_examiner": """
        staff_examinations.queue staff_examinations.claim staff_examinations.release
        api.examinations.list_examinations api.examinations.claim_examination api.examinations.release_examination
        api.examinations.decide_examination
        staff_examinations.withdraw_refusal api.examinations.withdraw_refusal
    """,
    "examiner senior_examiner ": """
        staff_old_cases.queue staff_old_cases.case staff_old_cases.decide staff_old_cases.file
    """,
    # An examiner reads what is in the queues and what was theirs; this case is neither.
    "senior_examiner": """
        staff_examinations.case staff_examinations.material staff_examinations.document staff_examinations.decide
        staff_examinations.hand_over api.examinations.hand_over_examination
        staff_examinations.comparison api.examinations.get_examination
        staff_expedites.queue staff_expedites.one staff_expedites.decide staff_expedites.evidence
        api.expedites.list_expedites api.expedites.grant_expedite api.expedites.refuse_expedite
    """,
}
STAFF = {endpoint: roles for roles, endpoints in STAFF_ONLY.items() for endpoint in endpoints.split()}
READERS_OF_CASES = "senior_examiner customer_service administrator archivist"
READERS_OF_PAYMENTS = f"{READERS_OF_CASES} examiner cashier"
READERS = {
    "api.verifications.get_verification": "reviewer",
    "api.applications.get_application": READERS_OF_CASES,
    "api.materials.open_material": READERS_OF_CASES,
    "api.expedites.get_expedite": READERS_OF_CASES,
    "api.expedites.open_evidence": READERS_OF_CASES,
    "api.seals.get_seal": READERS_OF_CASES,
    "api.office_acts.get_office_act": "archivist senior_examiner",
    "api.office_acts.open_office_act_file": "archivist senior_examiner",
    "api.batches.get_batch": "customer_service administrator",
    "api.batches.list_rows": "customer_service administrator",
    "api.batches.get_sheet": "customer_service administrator",
    "api.batches.get_declaration": "customer_service administrator",
    "api.documents.list_documents": READERS_OF_CASES,
    "api.documents.get_document": READERS_OF_CASES,
    "api.documents.get_dossier": f"{READERS_OF_CASES} examiner",
    "api.payments.get_order": READERS_OF_PAYMENTS,
    "api.payments.get_order_of_application": READERS_OF_PAYMENTS,
    "api.payments.get_payment": READERS_OF_PAYMENTS,
    "api.payments.list_invoices": READERS_OF_PAYMENTS,
}
"""Routes for everybody who is signed in, and the staff who see other people's things by them."""
ENDING = {"sign_in.sign_out", "legacy.sign_out", "api.sessions.end_current_session", "api.sessions.end_all_sessions"}
"""Tried last: afterwards one is somebody else, and each of them may have ended what the next would end."""
OWN_ROW = {"api.accounts.get_account", "api.sessions.end_current_session", "staff_own.change_password"}
"""Look for the caller's own account or session; the staff of these tests are tokens without either."""
ROW_IN_BODY = {
    *("old_accounts.undo", "registration.begin_procedure", "office_acts.send_report", "office_acts.raise_objection"),
}
"""Name somebody's row in what is sent, not in the address: one's own is asked for by nobody here."""
ORGANISATIONS = ("holding.", "api.holdings.")
"""Of organisations alone: the people of these tests are persons."""
PUBLIC_NUMBERS = {"number", "registration_number", "kind", "filename"}
BODIES: dict[str, Any] = {
    "ask_parcel": {
        "recipient": "别人",
        "telephone": "13800138000",
        "province": "北京市",
        "city": "北京市",
        "street": "大街1号",
        "postcode": "100050",
    },
    "save_application": {"form": {"title": "别人改的"}},
    "prepare_correction": {"answers": []},
    "answer_correction": {"answers": [], "otp": "123456"},
    "attach_material": {"role": "sample", "upload_id": "MINE"},
    "replace_material": {"upload_id": "MINE"},
    "order_materials": {"material_ids": []},
    "submit_application": {"otp": "123456"},
    "start_payment": {"method": "wechat"},
    "create_repair": {"fix": ["pdf_truncated_recovered"]},
    "decide_verification": {"decision": "approve"},
    "ask_replacement": {"part": "seal"},
    "reopen_verification": {"step": "propose", "reason": "别人撤回的"},
    "decide_examination": {"decision": "approve"},
    "hand_over_examination": {"reason": "别人收走的"},
    "submit_batch": {"otp": "123456"},
    "download_export": {"password": "a guess of mine"},
    "ask_closure": {"password": "a guess of mine"},
    "ask_expedite": {"tier": "days_3", "because": "dispute", "reason": "别人申请的"},
    "be_heard": {"statement": "别人陈述的"},
    "propose_opening": {"court": "别的法院", "order_number": "（2026）1号"},
    "decide_opening": {"step": "dismiss"},
    "write_guide_text": {
        "place": "software",
        "section": "more",
        "zh": "别人写的",
        "en": "Somebody else's",
        "valid_from": "2026-12-01",
    },
    "end_guide_text": {"reason": "别人写的"},
    "confirm_act": {"reason": "别人确认的"},
    "dismiss_act": {"reason": "别人决定的"},
    "withdraw_act": {"reason": "别人收回的"},
    "grant_expedite": {"answer": "同意"},
    "refuse_expedite": {"because": "capacity", "answer": "不同意"},
    "ask_refund": {"refund_id": "rfd-0", "reason": "别人申请的"},
    "decide_refund": {"step": "approve"},
    "take_statement": {"upload_id": "MINE"},
    "accept_statement": {"note": "别人认可的"},
    "decide_bank_row": {"step": "explain", "note": "别人说明的"},
    "receive_paper": {"serial_number": "2026Z11S999999"},
    "correct_paper_receipt": {"serial_number": "2026Z11S999999", "step": "take_back", "reason": "别人收回的"},
    "note_paper_deficient": {"serial_number": "2026Z11S999999", "missing": "别人记下的"},
}
FORMS: dict[str, dict[str, str]] = {
    "staff_guides.end": {"reason": "别人写的"},
    "submission.submit": {"document_id": "fil-1", "sha256": "0" * 64, "otp": "123456"},
    "payments.start": {"method": "wechat"},
    "payments.give_account": {"name": "别人", "account": "6217000010000009009", "bank": "别的银行"},
    "batches.submit": {"sha256": "0" * 64, "otp": "123456"},
    "account.end_session": {"session_id": "SESSION"},
    "staff_own.end_session": {"session_id": "SESSION"},
    "tools.repair": {"fix": "pdf_truncated_recovered"},
    "staff_verifications.decide": {"decision": "approve"},
    "staff_verifications.reopen": {"step": "propose", "reopen_reason": "别人撤回的"},
    "staff_examinations.decide": {"decision": "approve"},
    "staff_examinations.hand_over": {"hand_over_reason": "别人收走的"},
    "staff_recoveries.decide": {"step": "claim"},
    "staff_old_cases.decide": {"decision": "refuse", "text": "别人决定的"},
    "staff_refunds.decide": {"step": "approve"},
    "staff_orders.decide_write_off": {"step": "approve"},
    "staff_bank.decide": {"step": "explain", "note": "别人说明的"},
    "staff_office_acts.decide": {"step": "dismiss", "reason": "别人决定的"},
    "office_acts.be_heard": {"statement": "别人陈述的"},
    "seals.change": {"step": "seal"},
    "staff_seals.propose": {"court": "别的法院", "order_number": "（2026）1号"},
    "staff_seals.decide": {"step": "dismiss"},
    "staff_bank.accept": {"note": "别人认可的"},
    "legacy_payment.act": {"method": "bank"},
}
TUS = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
_PARAMETER = re.compile(r"<(?:(?P<kind>\w+)(?:\([^)]*\))?:)?(?P<name>\w+)>")
_FIXED = {
    "service": "filing",
    "step_name": "work",
    "form_type": "work_registration",
    "type": "work_registration",
    "subject": "work",
    "filing_type": "work_change",
    "correction_id": "cor-0",
    "enquiry_id": "enq-0",
    "refund_id": "rfd-0",
    "statement_id": "bst-0",
    "row_id": "brw-0",
    "record_id": "leg-0",
    "change_id": "stc-0",
    "text_id": "gtx-0",
    "place": "software",
    "method": "wechat",
    "day": "2026-01-01",
    "volume": "1",
    "part": "list",
    "parcel_number": "ZS202600000000",
    "opening_id": "ope-0",
    "picture": "photo",
    "filename": "css/registry.css",
}


@dataclass(frozen=True)
class Route:
    method: str
    rule: str
    endpoint: str

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"

    @property
    def names(self) -> set[str]:
        return {found["name"] for found in _PARAMETER.finditer(self.rule)}

    @property
    def about_somebody(self) -> bool:
        named = self.names | set(FORMS.get(self.endpoint, ())) & {"session_id"}
        own = self.rule.startswith(("/account/", "/api/v1/registrations/"))
        public = PUBLIC_NUMBERS - ({"registration_number"} if own else set())
        return bool(named - public - set(_FIXED)) and not self.rule.startswith(
            ("/guides", "/notices", "/api/v1/notices", "/sandbox")
        )

    def path(self, ids: dict[str, str]) -> str:
        kinds = {"kind": "person"} if "sign-up" in self.rule else {}
        known = ids | _FIXED | kinds
        return _PARAMETER.sub(lambda found: known[found["name"]], self.rule)

    def ask(self, client: FlaskClient, ids: dict[str, str], upload_id: str = "") -> TestResponse:
        options: dict[str, Any] = {}
        named = "creation_proof" if "templates" in self.rule else ids["name"] if "jobs" in self.rule else "text-work"
        named = "A" if "works" in self.rule else named
        named = "privacy" if "/notices" in self.rule else named
        path = self.path(ids | {"name": named})
        if "/uploads" in self.rule:
            options["headers"] = TUS
        elif self.rule.startswith(("/api/", "/sandbox/")):
            handler = self.endpoint.rpartition(".")[2]
            if self.method in ("POST", "PUT", "PATCH"):
                body = BODIES.get(handler, {})
                options["json"] = body | ({"upload_id": upload_id} if body.get("upload_id") else {})
            if self.method == "PATCH":
                options["headers"] = {"If-Match": '"1"'}
        elif self.method == "POST":
            form = FORMS.get(self.endpoint, {})
            options["data"] = form | ({"session_id": ids["session_id"]} if "session_id" in form else {})
        answer = client.open(path, method=self.method, **options)
        assert answer.status_code < 500, (self, answer.status_code, answer.get_data(as_text=True)[:500])
        return answer


def routes(system: System) -> list[Route]:
    found = [
        Route(method, rule.rule, rule.endpoint)
        for rule in system.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"OPTIONS"} - ({"HEAD"} if "GET" in (rule.methods or set()) else set())
    ]
    return sorted(found, key=lambda route: (route.endpoint in ENDING, str(route)))


def outcome(answer: TestResponse) -> str:
    if answer.status_code == 401 or answer.headers.get("Location", "").startswith(("/sign-in?", "/legacy/sign-in")):
        return "sign in"
    return {403: "forbidden", 404: "unknown"}.get(answer.status_code, "let in")


@pytest.fixture(scope="module")
def uploads(system: System, people: dict[str, FlaskClient]) -> Callable[[str], str]:
    """A file of one's own, for requests that name one."""
    import io

    kept: dict[str, str] = {}

    def upload(who: str) -> str:
        if who not in kept:
            file = (io.BytesIO(b"%PDF-1.7 mine"), "mine.pdf")
            kept[who] = people[who].post("/api/v1/uploads", data={"file": file}).get_json()["upload_id"]
        return kept[who]

    return upload


def test_every_route_is_for_somebody(system: System) -> None:
    said = [*ANYONE.split(), *APPLICANTS.split(), *SIGNED_IN.split(), *STAFF]
    assert len(said) == len(set(said))
    assert set(said) - {"api.uploads.describe_uploads", "api.uploads.describe_upload"} == {
        route.endpoint for route in routes(system)
    }


def wrongs(
    system: System, author: Author, people: dict[str, FlaskClient], uploads: Callable[[str], str]
) -> Iterator[str]:
    for route in routes(system):
        for who, client in people.items():
            if route.endpoint in ANYONE.split() and not route.about_somebody and who in STAFF_ROLES[1:]:
                continue
            upload_id = uploads(who) if BODIES.get(route.endpoint.rpartition(".")[2], {}).get("upload_id") else ""
            found = outcome(route.ask(client, author.ids, upload_id))
            if found not in expected(route, who):
                yield f"{route} answers {who}: {found}"


def expected(route: Route, who: str) -> set[str]:
    staff = who in STAFF_ROLES
    if route.endpoint in ANYONE.split():
        return {"unknown"} if route.about_somebody else {"let in", "sign in", "unknown"}
    if who == "visitor":
        return {"sign in"}
    if route.endpoint in APPLICANTS.split():
        about_somebody = route.about_somebody or route.endpoint in ROW_IN_BODY
        if route.endpoint.startswith(ORGANISATIONS):
            return {"forbidden"}
        return {"forbidden"} if staff else {"unknown", "forbidden"} if about_somebody else {"let in"}
    if route.endpoint in SIGNED_IN.split():
        if route.endpoint in ENDING:
            return {"let in", "sign in", "unknown"}
        if not route.about_somebody:
            return {"let in", "sign in", "unknown"} if staff and route.endpoint in OWN_ROW else {"let in"}
        return {"let in"} if who in READERS.get(route.endpoint, "").split() else {"unknown", "forbidden"}
    if who not in STAFF[route.endpoint].split():
        return {"forbidden"}
    return {"let in", "unknown", "sign in"} if route.endpoint in OWN_ROW else {"let in", "unknown"}


@pytest.mark.requirement("I-11")
@pytest.mark.requirement("I-12")
def test_nobody_gets_in_where_it_is_not_for_them(
    system: System, author: Author, people: dict[str, FlaskClient], uploads: Callable[[str], str]
) -> None:
    before = author.belongings()
    assert list(wrongs(system, author, people, uploads)) == []
    assert author.belongings() == before
    assert system.corridor.crashes == []
