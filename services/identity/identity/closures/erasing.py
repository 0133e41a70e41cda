"""What goes of a closed account, in one transaction with the word that it is closed.

What stays: the account's id with its kind and dates, consents, signatures, what was decided of its verification, when
it was told what, sign-ins and the audit log (网络安全法 art. 21: six months; 电子签名法; 档案法). Cases, certificates
and ledgers are other services', and stay there.
"""

from __future__ import annotations

from chassis.db import run
from chassis.uow import UnitOfWork

from identity.accounts.proofs import proof_of
from identity.accounts.store import Account, Seal
from identity.exports import handlers as exports
from identity.legacy import store as legacy
from identity.legacy.model import only_login
from identity.links import store as links
from identity.sealing import vault
from identity.verification.discarding import forget_images

_BLANKED = (
    # When it was told what, and by which channel, is proof of service and stays; the words and the address go.
    """UPDATE messages SET recipient = '', subject = '', body = '', sealed_body = NULL, params = '{}'
    WHERE account_id = %(account)s OR (account_id IS NULL AND recipient = %(mobile)s)""",
    """UPDATE enquiries SET caller = '', text = '', telephone = ''
    WHERE subject = 'account' AND subject_id = %(account)s""",
    # One that advised to sign up anew is still how its cases can be asked for, by who has the code.
    """UPDATE recoveries SET contact = '', previous = NULL, note = '', version = version + 1
    WHERE (account_id = %(account)s OR new_account_id = %(account)s)
      AND state NOT IN ('open', 'proposed', 'waiting', 'advised')""",
    "DELETE FROM one_time_codes WHERE account_id = %(account)s OR target = %(mobile)s",
    "DELETE FROM refresh_tokens WHERE session_id IN (SELECT session_id FROM sessions WHERE account_id = %(account)s)",
    "DELETE FROM sign_in_failures WHERE key = %(account)s",
    "DELETE FROM familiar_places WHERE account_id = %(account)s",
)


def erase(uow: UnitOfWork, account: Account) -> str | None:
    """The account is locked. Returns the object of its seal, whose key is gone, to be deleted once that is certain."""
    for statement in _BLANKED:
        run(uow.session, statement, {"account": account.account_id, "mobile": account.mobile})
    forget_images(uow, account)
    exports.forget_all(uow, account.account_id)
    _blank_old_accounts(uow, account)
    seal = uow.session.get(Seal, account.account_id)
    sealed = seal.sealed_sha256 if seal else None
    if seal is not None:
        uow.session.delete(seal)
    account.closed_proof = proof_of(uow.settings, account) if account.verification == "approved" else None
    account.name, account.organisation_name = "", "" if account.kind == "organisation" else None
    account.account_name = account.mobile = account.email = account.email_confirmed_at = None
    account.id_type = account.sealed_id_number = account.id_index = account.masked_id_number = account.uscc = None
    account.password_hash, account.verification, account.muted = "", "none", []
    return sealed


def _blank_old_accounts(uow: UnitOfWork, account: Account) -> None:
    """Their login stays: the archive knows by it which registrations they filed."""
    for _, old in links.of_account(uow.session, account.account_id):
        row = legacy.lock(uow.session, old.record_id)
        if row is not None:
            row.facts = only_login(row.record_id, row.facts, vault(uow.settings))
            row.id_index, row.password_hash, row.found_by = None, None, []
