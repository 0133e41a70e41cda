"""The filing service at the broker: each command, query, event and sweeper, and the handler that does it."""

from __future__ import annotations

from chassis.service import Service, every, on_event, rpc
from contracts.identity.events import ACCOUNT_CLOSED, IDENTITY_REOPENED

from contracts import (
    archive,
    batches,
    examination,
    expedite,
    filing,
    guides,
    identity,
    lookups,
    own_data,
    payment,
    personnel,
    seals,
    ties,
    tools,
)
from filing.acceptance import handlers as acceptance
from filing.batches import beside as batch_beside
from filing.batches import following as batch_orders
from filing.batches import handlers as batch_handlers
from filing.batches import sheets as batch_sheets
from filing.batches import views as batch_views
from filing.case_deposits import handlers as case_deposits
from filing.closed import handlers as closed
from filing.correction import handlers as corrections
from filing.departed import handlers as departed
from filing.deposits import handlers as deposits
from filing.documents import blanks
from filing.drafts import again, beginning, discarding
from filing.drafts import handlers as drafts
from filing.examination import handlers as examinations
from filing.examination import listing, standards
from filing.expedite import deciding as expedite_decisions
from filing.expedite import handlers as expedites
from filing.expedite import money as expedite_money
from filing.extracts import handlers as extracts
from filing.guides import handlers as guide_handlers
from filing.jobs import forgetting
from filing.jobs import handlers as jobs
from filing.lists import handlers as lists
from filing.lookups import handlers as lookup_handlers
from filing.materials import handlers as materials
from filing.materials.packing import list_case_files
from filing.moves import handlers as moves
from filing.overdue import handlers as overdue
from filing.own_data import handlers as own
from filing.paper import handlers as paper
from filing.prechecks import handlers as prechecks
from filing.progress import handlers as progress_handlers
from filing.queue import handlers as queue
from filing.repairs import handlers as repairs
from filing.seals import handlers as seal_handlers
from filing.submission import handlers as submission
from filing.ties import handlers as tie_handlers
from filing.unsaved import handlers as unsaved
from filing.views import documents
from filing.views import handlers as views
from filing.withdrawal import handlers as withdrawal


class FilingService(Service):
    name = "filing"

    create_application = rpc(filing.CREATE_APPLICATION, drafts.create_application)
    begin_application = rpc(filing.BEGIN_APPLICATION, beginning.begin_application)
    begin_again = rpc(filing.BEGIN_AGAIN, again.begin_again)
    discard_application = rpc(filing.DISCARD_APPLICATION, discarding.discard_application)
    save_application = rpc(filing.SAVE_APPLICATION, drafts.save_application)
    keep_unsaved = rpc(filing.KEEP_UNSAVED, unsaved.keep_unsaved)
    list_unsaved = rpc(filing.LIST_UNSAVED, unsaved.list_unsaved)
    drop_unsaved = rpc(filing.DROP_UNSAVED, unsaved.drop_unsaved)
    seal_deposit = rpc(seals.SEAL_DEPOSIT, seal_handlers.seal_deposit)
    lift_seal = rpc(seals.LIFT_SEAL, seal_handlers.lift_seal)
    get_seal = rpc(seals.GET_SEAL, seal_handlers.get_seal)
    propose_opening = rpc(seals.PROPOSE_OPENING, seal_handlers.propose_opening)
    decide_opening = rpc(seals.DECIDE_OPENING, seal_handlers.decide_opening)
    list_openings = rpc(seals.LIST_OPENINGS, seal_handlers.list_openings)
    total_openings = rpc(seals.TOTAL_OPENINGS, seal_handlers.total_openings)
    get_application = rpc(filing.GET_APPLICATION, views.get_application)
    list_applications = rpc(filing.LIST_APPLICATIONS, lists.list_applications)
    find_cases = rpc(filing.FIND_CASES, lists.find_cases)
    look_up_cases = rpc(lookups.LOOK_UP_CASES, lookup_handlers.look_up_cases)
    own_data = rpc(own_data.OWN_DATA["filing"], own.own_data)
    account_ties = rpc(ties.ACCOUNT_TIES["filing"], tie_handlers.account_ties)
    open_case_file = rpc(lookups.OPEN_CASE_FILE, lookup_handlers.open_case_file)
    open_case_material = rpc(lookups.OPEN_CASE_MATERIAL, lookup_handlers.open_case_material)
    open_case_document = rpc(lookups.OPEN_CASE_DOCUMENT, lookup_handlers.open_case_document)
    check_form = rpc(filing.CHECK_FORM, drafts.check_form)
    describe_form = rpc(filing.DESCRIBE_FORM, drafts.describe_form)
    attach_material = rpc(filing.ATTACH_MATERIAL, materials.attach_material)
    remove_material = rpc(filing.REMOVE_MATERIAL, views.shown(materials.remove_material))
    replace_material = rpc(filing.REPLACE_MATERIAL, materials.replace_material)
    order_materials = rpc(filing.ORDER_MATERIALS, views.shown(materials.order_materials))
    open_material = rpc(filing.OPEN_MATERIAL, materials.open_material)
    list_case_files = rpc(filing.LIST_CASE_FILES, list_case_files)
    build_deposit = rpc(filing.BUILD_DEPOSIT, case_deposits.build_deposit)
    attach_deposit = rpc(filing.ATTACH_DEPOSIT, case_deposits.attach_deposit)
    create_precheck = rpc(tools.CREATE_PRECHECK, prechecks.create_precheck)
    get_precheck = rpc(tools.GET_PRECHECK, prechecks.get_precheck)
    create_repair = rpc(tools.CREATE_REPAIR, repairs.create_repair)
    create_deposit = rpc(tools.CREATE_DEPOSIT, deposits.create_deposit)
    get_job = rpc(tools.GET_JOB, jobs.get_job)
    prepare_submission = rpc(filing.PREPARE_SUBMISSION, submission.prepare_submission)
    submit_application = rpc(filing.SUBMIT_APPLICATION, submission.submit_application)
    prepare_correction = rpc(filing.PREPARE_CORRECTION, corrections.prepare_correction)
    answer_correction = rpc(filing.ANSWER_CORRECTION, corrections.answer_correction)
    withdraw_application = rpc(filing.WITHDRAW_APPLICATION, withdrawal.withdraw_application)
    progress = rpc(filing.PROGRESS, progress_handlers.progress)
    progress_of_many = rpc(filing.PROGRESS_OF_MANY, progress_handlers.progress_of_many)
    list_documents = rpc(filing.LIST_DOCUMENTS, documents.list_documents)
    render_template = rpc(filing.RENDER_TEMPLATE, blanks.render_template)
    get_document = rpc(filing.GET_DOCUMENT, documents.get_document)

    render_batch_template = rpc(batches.RENDER_BATCH_TEMPLATE, batch_sheets.render_batch_template)
    render_batch_sheet = rpc(batches.RENDER_BATCH_SHEET, batch_sheets.render_batch_sheet)
    create_batch = rpc(batches.CREATE_BATCH, batch_handlers.create_batch)
    correct_batch = rpc(batches.CORRECT_BATCH, batch_handlers.correct_batch)
    prepare_batch = rpc(batches.PREPARE_BATCH, batch_handlers.prepare_batch)
    submit_batch = rpc(batches.SUBMIT_BATCH, batch_handlers.submit_batch)
    discard_batch = rpc(batches.DISCARD_BATCH, batch_handlers.discard_batch)
    get_batch = rpc(batches.GET_BATCH, batch_views.get_batch)
    list_batches = rpc(batches.LIST_BATCHES, batch_views.list_batches)
    list_batch_rows = rpc(batches.LIST_BATCH_ROWS, batch_views.list_batch_rows)
    list_filed_with = rpc(batches.LIST_FILED_WITH, batch_beside.list_filed_with)
    list_batch_papers = rpc(batches.LIST_BATCH_PAPERS, batch_views.list_batch_papers)

    receive_paper = rpc(examination.RECEIVE_PAPER, paper.receive_paper)
    correct_paper_receipt = rpc(examination.CORRECT_PAPER_RECEIPT, paper.correct_paper_receipt)
    awaited_paper = rpc(examination.AWAITED_PAPER, paper.awaited_paper)
    note_paper_deficient = rpc(examination.NOTE_PAPER_DEFICIENT, paper.note_paper_deficient)
    list_examinations = rpc(examination.LIST_EXAMINATIONS, listing.list_examinations)
    total_examinations = rpc(examination.TOTAL_EXAMINATIONS, listing.total_examinations)
    claim_examination = rpc(examination.CLAIM_EXAMINATION, examinations.claim_examination)
    release_examination = rpc(examination.RELEASE_EXAMINATION, examinations.release_examination)
    hand_over_examination = rpc(examination.HAND_OVER_EXAMINATION, examinations.hand_over_examination)
    withdraw_refusal = rpc(examination.WITHDRAW_REFUSAL, examinations.withdraw_refusal)
    decide_examination = rpc(examination.DECIDE_EXAMINATION, examinations.decide_examination)
    cases_about = rpc(examination.CASES_ABOUT, extracts.cases_about)
    check_register = rpc(examination.CHECK_REGISTER, examinations.check_register)
    list_standard_defects = rpc(examination.LIST_STANDARD_DEFECTS, standards.list_standard_defects)

    offer_expedite = rpc(expedite.OFFER_EXPEDITE, expedites.offer_expedite)
    ask_expedite = rpc(expedite.ASK_EXPEDITE, expedites.ask_expedite)
    withdraw_expedite = rpc(expedite.WITHDRAW_EXPEDITE, expedites.withdraw_expedite)
    get_expedite = rpc(expedite.GET_EXPEDITE, expedites.get_expedite)
    open_evidence = rpc(expedite.OPEN_EVIDENCE, expedites.open_evidence)
    list_expedites = rpc(expedite.LIST_EXPEDITES, expedite_decisions.list_expedites)
    total_expedites = rpc(expedite.TOTAL_EXPEDITES, expedite_decisions.total_expedites)
    decide_expedite = rpc(expedite.DECIDE_EXPEDITE, expedite_decisions.decide_expedite)
    queue_statistics = rpc(expedite.QUEUE_STATISTICS, queue.queue_statistics)

    write_guide_text = rpc(guides.WRITE_GUIDE_TEXT, guide_handlers.write_guide_text)
    publish_guide_text = rpc(guides.PUBLISH_GUIDE_TEXT, guide_handlers.publish_guide_text)
    end_guide_text = rpc(guides.END_GUIDE_TEXT, guide_handlers.end_guide_text)
    get_guide_text = rpc(guides.GET_GUIDE_TEXT, guide_handlers.get_guide_text)
    total_guide_texts = rpc(guides.TOTAL_GUIDE_TEXTS, guide_handlers.total_guide_texts)
    list_guide_texts = rpc(guides.LIST_GUIDE_TEXTS, guide_handlers.list_guide_texts)
    guide_words = rpc(guides.GUIDE_WORDS, guide_handlers.guide_words)

    on_identity_reopened = on_event(IDENTITY_REOPENED, beginning.note_reopened)
    on_identity_verified = on_event(identity.IDENTITY_VERIFIED, beginning.note_verified)
    on_account_closed = on_event(ACCOUNT_CLOSED, closed.note_closed)
    on_staff_changed = on_event(personnel.STAFF_CHANGED, departed.note_changed)
    on_account_cases_moved = on_event(identity.ACCOUNT_CASES_MOVED, moves.note_moved)
    on_account_cases_returned = on_event(identity.ACCOUNT_CASES_RETURNED, moves.note_returned)
    on_order_created = on_event(payment.ORDER_CREATED, acceptance.note_order)
    on_order_paid = on_event(payment.ORDER_PAID, acceptance.accept_paid_application)
    on_order_cancelled = on_event(payment.ORDER_CANCELLED, acceptance.note_cancelled_order)
    on_batch_order_created = on_event(batches.BATCH_ORDER_CREATED, batch_orders.note_order)
    on_batch_order_paid = on_event(batches.BATCH_ORDER_PAID, batch_orders.note_paid)
    on_batch_order_cancelled = on_event(batches.BATCH_ORDER_CANCELLED, batch_orders.note_cancelled)
    on_adviser_assigned = on_event(batches.ADVISER_ASSIGNED, batch_orders.keep_adviser)
    on_certificate_issued = on_event(archive.CERTIFICATE_ISSUED, acceptance.register_certified_application)
    on_certificate_reissued = on_event(archive.CERTIFICATE_REISSUED, acceptance.register_reissued)
    on_certificate_revoked = on_event(archive.CERTIFICATE_REVOKED, acceptance.register_revoked)

    return_claims = every(5, departed.return_claims)
    clear_closed = every(60, closed.clear_closed)
    carry_on_moves = every(5, moves.carry_on)
    lapse_uncorrected = every(30, overdue.lapse_uncorrected)
    lapse_unpaid = every(60, overdue.lapse_unpaid)
    lapse_unpaid_expedites = every(60, expedite_money.lapse_unpaid_expedites)
    miss_expedites = every(60, expedite_money.miss_expedites)
    link_queue_entries = every(10, queue.link_queue_entries)
    freeze_queue_figures = every(60, queue.freeze_queue_figures)
    drop_unwanted_checks = every(30, prechecks.drop_unwanted_checks)
    drop_unwanted_jobs = every(30, jobs.drop_unwanted_jobs)
    note_missed_deadlines = every(300, overdue.note_missed_deadlines)
    forget_unsaved = every(600, unsaved.forget_unsaved)
    forget_tried_out = every(600, forgetting.forget_tried_out)
