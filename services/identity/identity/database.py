"""All tables of identity, and what the application role may do with them besides SELECT, INSERT and UPDATE."""

from __future__ import annotations

from identity import data_key
from identity.accounts import store as accounts
from identity.advisers import store as advisers
from identity.attempts import store as attempts
from identity.base import Base
from identity.closures import store as closures
from identity.consents import store as consents
from identity.enquiries import store as enquiries
from identity.exports import store as exports
from identity.holders import store as holders
from identity.legacy import store as legacy
from identity.links import store as links
from identity.messages import store as messages
from identity.numbers import store as numbers
from identity.otp import store as otp
from identity.personnel import store as personnel
from identity.photos import store as photos
from identity.recoveries import store as recoveries
from identity.sessions import store as sessions
from identity.signatures import store as signatures
from identity.staff import store as staff
from identity.verification import operators, placed
from identity.verification import store as verification
from identity.wechat import store as wechat

__all__ = ["APPEND_ONLY", "DELETABLE", "PRUNED", "Base"]

STORES = (
    accounts,
    attempts,
    advisers,
    closures,
    consents,
    data_key,
    enquiries,
    exports,
    holders,
    legacy,
    links,
    messages,
    numbers,
    operators,
    otp,
    personnel,
    photos,
    placed,
    recoveries,
    sessions,
    signatures,
    staff,
    verification,
    wechat,
)
APPEND_ONLY = ("consents", "data_key", "enquiry_steps", "signatures", "verification_actions")
DELETABLE = (
    "one_time_codes",
    "codes_sent",
    "sign_in_failures",
    "familiar_places",
    "refresh_tokens",
    "data_export_pieces",
    "seals",
    "recovery_pictures",
    "id_photos",
    "legacy_accounts",
    "legacy_batches",
    "legacy_numbers",
    "wechat_messages",
    "wechat_talks",
)
PRUNED = (enquiries.PRUNED,)
"""What the owner's function deletes when it has served its time; the application role may not."""
