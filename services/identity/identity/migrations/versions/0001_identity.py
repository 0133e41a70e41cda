"""Accounts, sessions, one-time codes, verifications, signatures and messages."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "data_key",
        sa.Column("id", sa.Integer(), server_default="1", nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_data_key_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_key")),
    )
    op.create_table(
        "accounts",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("organisation_name", sa.Text(), nullable=True),
        sa.Column("account_name", sa.Text(), nullable=True),
        sa.Column("mobile", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("email_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id_type", sa.Text(), nullable=True),
        sa.Column("sealed_id_number", sa.LargeBinary(), nullable=True),
        sa.Column("id_index", sa.Text(), nullable=True),
        sa.Column("masked_id_number", sa.Text(), nullable=True),
        sa.Column("uscc", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), server_default="zh", nullable=False),
        sa.Column("verification", sa.Text(), server_default="none", nullable=False),
        sa.Column("from_old_system", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "left_behind",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="customer service advised its owner to sign up anew: another account may have the same identity",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "(kind = 'organisation') = (organisation_name IS NOT NULL)"
            " AND (uscc IS NULL OR kind = 'organisation')"
            " AND (uscc IS NOT NULL OR kind <> 'organisation' OR from_old_system)",
            name=op.f("ck_accounts_organisation_has_uscc"),
        ),
        sa.CheckConstraint("kind <> 'staff' OR account_name IS NOT NULL", name=op.f("ck_accounts_staff_has_name")),
        sa.CheckConstraint(
            "kind = 'staff' OR from_old_system"
            " OR (mobile IS NOT NULL AND sealed_id_number IS NOT NULL AND id_index IS NOT NULL)",
            name=op.f("ck_accounts_applicant_has_mobile_and_id"),
        ),
        sa.CheckConstraint("kind IN ('natural_person', 'organisation', 'staff')", name=op.f("ck_accounts_kind")),
        sa.CheckConstraint("language IN ('zh', 'en')", name=op.f("ck_accounts_language")),
        sa.CheckConstraint(
            "verification IN ('none', 'pending', 'approved', 'refused')", name=op.f("ck_accounts_verification")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_accounts")),
    )
    op.create_index("uq_accounts_account_name", "accounts", ["account_name"], unique=True)
    op.create_index(
        "uq_accounts_email",
        "accounts",
        ["email"],
        unique=True,
        postgresql_where=sa.text("email_confirmed_at IS NOT NULL"),
    )
    op.create_index("ix_accounts_id_index", "accounts", ["id_index"], unique=False)
    op.create_index("ix_accounts_uscc", "accounts", ["uscc"], unique=False)
    op.create_index("uq_accounts_mobile", "accounts", ["mobile"], unique=True)
    op.create_index(
        "uq_accounts_verified_id_index",
        "accounts",
        ["id_index"],
        unique=True,
        postgresql_where=sa.text("kind = 'natural_person' AND verification = 'approved' AND NOT left_behind"),
    )
    op.create_index(
        "uq_accounts_verified_uscc",
        "accounts",
        ["uscc"],
        unique=True,
        postgresql_where=sa.text("verification = 'approved' AND NOT left_behind"),
    )
    op.create_table(
        "messages",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("application_id", sa.Text(), nullable=True),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("params", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("sealed_body", sa.LargeBinary(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("channel IN ('sms', 'email', 'in_app', 'wechat')", name=op.f("ck_messages_channel")),
        sa.CheckConstraint("(body IS NULL) <> (sealed_body IS NULL)", name=op.f("ck_messages_one_body")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_messages")),
        sa.UniqueConstraint("event_id", "channel", name=op.f("uq_messages_event_id_channel")),
    )
    op.create_index("ix_messages_account", "messages", ["account_id", "channel", "message_id"], unique=False)
    op.create_index("ix_messages_recipient", "messages", ["recipient", "message_id"], unique=False)
    op.create_index(
        "ix_messages_unread",
        "messages",
        ["account_id"],
        unique=False,
        postgresql_where=sa.text("read_at IS NULL AND channel = 'in_app'"),
    )
    op.create_table(
        "one_time_codes",
        sa.Column("code_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("requester", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("strange_attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("client", sa.Text(), server_default="", nullable=False),
        sa.Column("near", sa.Text(), server_default="", nullable=False),
        sa.Column("wide", sa.Text(), server_default="", nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('sign_up', 'sign_in', 'sign', 'recover', 'email')", name=op.f("ck_one_time_codes_purpose")
        ),
        sa.CheckConstraint("lane IN ('account', 'email', 'familiar', 'stranger')", name=op.f("ck_one_time_codes_lane")),
        sa.CheckConstraint("attempts BETWEEN 0 AND 5", name=op.f("ck_one_time_codes_attempts")),
        sa.CheckConstraint("strange_attempts BETWEEN 0 AND 5", name=op.f("ck_one_time_codes_strange_attempts")),
        sa.PrimaryKeyConstraint("code_id", name=op.f("pk_one_time_codes")),
    )
    op.create_index("ix_one_time_codes_account", "one_time_codes", ["account_id", "sent_at"], unique=False)
    op.create_index("ix_one_time_codes_target", "one_time_codes", ["target", "sent_at"], unique=False)
    op.create_index("ix_one_time_codes_wide", "one_time_codes", ["wide", "sent_at"], unique=False)
    op.create_table(
        "codes_sent",
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("shard", sa.BigInteger(), nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hour", "lane", "shard", name=op.f("pk_codes_sent")),
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("last_failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_sign_in_failures_failures")),
        sa.PrimaryKeyConstraint("key", "place", name=op.f("pk_sign_in_failures")),
    )
    op.create_index("ix_sign_in_failures_last", "sign_in_failures", ["last_failed_at"], unique=False)
    op.create_table(
        "familiar_places",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('device', 'network')", name=op.f("ck_familiar_places_kind")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.account_id"], name=op.f("fk_familiar_places_account_id")),
        sa.PrimaryKeyConstraint("account_id", "kind", "name", name=op.f("pk_familiar_places")),
    )
    op.create_index("ix_familiar_places_seen", "familiar_places", ["seen_at"], unique=False)
    op.create_table(
        "seals",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sealed_sha256", sa.Text(), nullable=False),
        sa.Column("sealed_size", sa.BigInteger(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=True),
        sa.Column("deposited_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_seals_sha256")),
        sa.CheckConstraint("size > 0", name=op.f("ck_seals_size")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.account_id"], name=op.f("fk_seals_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_seals")),
    )
    op.create_index("ix_seals_sealed_sha256", "seals", ["sealed_sha256"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "ended_because IN ('signed_out', 'signed_out_everywhere', 'token_reused', 'password_changed',"
            " 'account_recovered')",
            name=op.f("ck_sessions_ended_because_known"),
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_because IS NULL)", name=op.f("ck_sessions_ended_because")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.account_id"], name=op.f("fk_sessions_account_id")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_sessions")),
    )
    op.create_index("ix_sessions_account", "sessions", ["account_id", "created_at"], unique=False)
    op.create_table(
        "case_numbers",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_case_numbers")),
    )
    op.create_index(op.f("ix_case_numbers_application_id"), "case_numbers", ["application_id"], unique=False)
    op.create_table(
        "case_holders",
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_case_holders")),
    )
    op.create_index(op.f("ix_case_holders_moved_at"), "case_holders", ["moved_at"], unique=False)
    op.create_table(
        "recoveries",
        sa.Column("recovery_id", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("contact_kind", sa.Text(), nullable=False),
        sa.Column(
            "lost", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), server_default="zh", nullable=False),
        sa.Column("submitted_by", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proposed_by", sa.Text(), nullable=True),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("waits_until", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("alarmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("new_account_id", sa.Text(), nullable=True),
        sa.Column(
            "moved_links",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("previous", sa.Text(), nullable=True),
        sa.Column("return_asked_by", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(state = 'open') = (outcome IS NULL)", name=op.f("ck_recoveries_outcome")),
        sa.CheckConstraint("(state = 'refused') = (reason IS NOT NULL)", name=op.f("ck_recoveries_refusal_has_reason")),
        sa.CheckConstraint(
            "(state IN ('open', 'proposed', 'waiting')) = (ended_at IS NULL)", name=op.f("ck_recoveries_ended_at")
        ),
        sa.CheckConstraint("channel IN ('web', 'wechat')", name=op.f("ck_recoveries_channel")),
        sa.CheckConstraint("contact_kind IN ('mobile', 'email')", name=op.f("ck_recoveries_contact_kind")),
        sa.CheckConstraint(
            "outcome NOT IN ('mobile_changed', 'cases_moved') OR state = 'proposed' OR confirmed_by IS NOT NULL",
            name=op.f("ck_recoveries_two_people"),
        ),
        sa.CheckConstraint(
            "outcome IN ('mobile_changed', 'email_changed', 'reregistration', 'cases_moved', 'refused')",
            name=op.f("ck_recoveries_outcome_known"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'proposed', 'waiting', 'refused', 'advised', 'objected', 'done', 'failed', 'returned')",
            name=op.f("ck_recoveries_state"),
        ),
        sa.CheckConstraint(
            "outcome <> 'cases_moved' OR (new_account_id IS NOT NULL AND new_account_id <> account_id)",
            name=op.f("ck_recoveries_moved_to_another"),
        ),
        sa.CheckConstraint("confirmed_by IS NULL OR confirmed_by <> proposed_by", name=op.f("ck_recoveries_four_eyes")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.account_id"], name=op.f("fk_recoveries_account_id")),
        sa.ForeignKeyConstraint(["new_account_id"], ["accounts.account_id"], name=op.f("fk_recoveries_new_account_id")),
        sa.PrimaryKeyConstraint("recovery_id", name=op.f("pk_recoveries")),
    )
    op.create_index(
        "ix_recoveries_claimed", "recoveries", ["claimed_by"], unique=False, postgresql_where=sa.text("state = 'open'")
    )
    op.create_index("ix_recoveries_queue", "recoveries", ["state", "due_on", "recovery_id"], unique=False)
    op.create_index(
        "uq_recoveries_account",
        "recoveries",
        ["account_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('proposed', 'waiting')"),
    )
    op.create_index("uq_recoveries_receipt", "recoveries", ["receipt"], unique=True)
    op.create_index(
        "uq_recoveries_same",
        "recoveries",
        ["number", "contact"],
        unique=True,
        postgresql_where=sa.text("state IN ('open', 'proposed', 'waiting')"),
    )
    op.create_table(
        "wechat_messages",
        sa.Column("message_key", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("message_key", name=op.f("pk_wechat_messages")),
    )
    op.create_index("ix_wechat_messages_at", "wechat_messages", ["at"], unique=False)
    op.create_index("uq_wechat_messages_nonce", "wechat_messages", ["nonce"], unique=True)
    op.create_table(
        "wechat_talks",
        sa.Column("talk_key", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), server_default="zh", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("talk_key", name=op.f("pk_wechat_talks")),
    )
    op.create_table(
        "signatures",
        sa.Column("evidence_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("signer_name", sa.Text(), nullable=False),
        sa.Column("signer_kind", sa.Text(), nullable=False),
        sa.Column("masked_id_number", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("seal_sha256", sa.Text(), nullable=True),
        sa.Column("code_id", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.CheckConstraint("(method = 'electronic_seal') = (seal_sha256 IS NOT NULL)", name=op.f("ck_signatures_seal")),
        sa.CheckConstraint("method IN ('sms_code', 'electronic_seal')", name=op.f("ck_signatures_method")),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_signatures_sha256")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.account_id"], name=op.f("fk_signatures_account_id")),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_signatures")),
    )
    op.create_index(op.f("ix_signatures_account_id"), "signatures", ["account_id"], unique=False)
    op.create_index("ix_signatures_document", "signatures", ["document_id"], unique=False)
    op.create_table(
        "staff",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sealed_totp_secret", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("sealed_sandbox_password", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("jsonb_array_length(roles) > 0", name=op.f("ck_staff_roles")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.account_id"], name=op.f("fk_staff_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_staff")),
    )
    op.create_table(
        "verifications",
        sa.Column("verification_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("check_state", sa.Text(), nullable=False),
        sa.Column("rank", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("party", sa.Text(), server_default="", nullable=False),
        sa.Column("turn", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lease", sa.Text(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wanted_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "findings", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
        sa.Column(
            "reasons", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("alarmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(state = 'pending') = (decided_at IS NULL)", name=op.f("ck_verifications_decided_at")),
        sa.CheckConstraint("check_state IN ('running', 'done')", name=op.f("ck_verifications_check_state")),
        sa.CheckConstraint(
            "state <> 'refused' OR jsonb_array_length(reasons) > 0", name=op.f("ck_verifications_refusal_has_reasons")
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'approved', 'refused', 'replaced')", name=op.f("ck_verifications_state")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.account_id"], name=op.f("fk_verifications_account_id")),
        sa.PrimaryKeyConstraint("verification_id", name=op.f("pk_verifications")),
    )
    op.create_index(op.f("ix_verifications_account_id"), "verifications", ["account_id"], unique=False)
    op.create_index("ix_verifications_queue", "verifications", ["state", "due_on", "verification_id"], unique=False)
    op.create_index(
        "ix_verifications_turn",
        "verifications",
        ["rank", "turn", "queued_at"],
        unique=False,
        postgresql_where=sa.text("check_state = 'running' AND parked_at IS NULL"),
    )
    op.create_index(
        "ix_verifications_party",
        "verifications",
        ["party", "rank", "turn"],
        unique=False,
        postgresql_where=sa.text("check_state = 'running' AND parked_at IS NULL"),
    )
    op.create_index(
        "ix_verifications_waiting",
        "verifications",
        ["rank", "queued_at"],
        unique=False,
        postgresql_where=sa.text("check_state = 'running' AND parked_at IS NULL"),
    )
    op.create_index(
        "uq_verifications_approved",
        "verifications",
        ["account_id"],
        unique=True,
        postgresql_where=sa.text("state = 'approved'"),
    )
    op.create_index(
        "uq_verifications_pending",
        "verifications",
        ["account_id"],
        unique=True,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "refresh_tokens",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.session_id"], name=op.f("fk_refresh_tokens_session_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_refresh_tokens")),
    )
    op.create_index("ix_refresh_tokens_session", "refresh_tokens", ["session_id"], unique=False)
    op.create_table(
        "verification_actions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["verifications.verification_id"], name=op.f("fk_verification_actions_case_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification_actions")),
        sa.UniqueConstraint(
            "case_id", "request_id", "action", name=op.f("uq_verification_actions_case_id_request_id_action")
        ),
    )
    op.create_table(
        "verification_images",
        sa.Column("verification_id", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("original_sha256", sa.Text(), nullable=False),
        sa.Column("original_size", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("sealed_sha256", sa.Text(), nullable=False),
        sa.Column("sealed_size", sa.BigInteger(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("discarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(discarded_at IS NULL) = (wrapped_key IS NOT NULL)",
            name=op.f("ck_verification_images_key_until_discarded"),
        ),
        sa.ForeignKeyConstraint(
            ["verification_id"], ["verifications.verification_id"], name=op.f("fk_verification_images_verification_id")
        ),
        sa.PrimaryKeyConstraint("verification_id", "document", name=op.f("pk_verification_images")),
    )
    op.create_index("ix_verification_images_sealed_sha256", "verification_images", ["sealed_sha256"], unique=False)
    op.create_index(
        "ix_verification_images_to_remove",
        "verification_images",
        ["verification_id"],
        unique=False,
        postgresql_where=sa.text("discarded_at IS NOT NULL AND removed_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_verification_images_to_remove",
        table_name="verification_images",
        postgresql_where=sa.text("discarded_at IS NOT NULL AND removed_at IS NULL"),
    )
    op.drop_index("ix_verification_images_sealed_sha256", table_name="verification_images")
    op.drop_table("verification_images")
    op.drop_table("verification_actions")
    op.drop_index("ix_refresh_tokens_session", table_name="refresh_tokens")
    op.drop_table("refresh_tokens")
    op.drop_index("uq_verifications_pending", table_name="verifications", postgresql_where=sa.text("state = 'pending'"))
    op.drop_index(
        "uq_verifications_approved", table_name="verifications", postgresql_where=sa.text("state = 'approved'")
    )
    op.drop_index(
        "ix_verifications_waiting",
        table_name="verifications",
        postgresql_where=sa.text("check_state = 'running' AND parked_at IS NULL"),
    )
    op.drop_index(
        "ix_verifications_party",
        table_name="verifications",
        postgresql_where=sa.text("check_state = 'running' AND parked_at IS NULL"),
    )
    op.drop_index(
        "ix_verifications_turn",
        table_name="verifications",
        postgresql_where=sa.text("check_state = 'running' AND parked_at IS NULL"),
    )
    op.drop_index("ix_verifications_queue", table_name="verifications")
    op.drop_index(op.f("ix_verifications_account_id"), table_name="verifications")
    op.drop_table("verifications")
    op.drop_table("staff")
    op.drop_index("ix_recoveries_claimed", table_name="recoveries", postgresql_where=sa.text("state = 'open'"))
    op.drop_index("ix_recoveries_queue", table_name="recoveries")
    op.drop_index(
        "uq_recoveries_account", table_name="recoveries", postgresql_where=sa.text("state IN ('proposed', 'waiting')")
    )
    op.drop_index("uq_recoveries_receipt", table_name="recoveries")
    op.drop_index(
        "uq_recoveries_same",
        table_name="recoveries",
        postgresql_where=sa.text("state IN ('open', 'proposed', 'waiting')"),
    )
    op.drop_table("recoveries")
    op.drop_index(op.f("ix_case_holders_moved_at"), table_name="case_holders")
    op.drop_table("case_holders")
    op.drop_index(op.f("ix_case_numbers_application_id"), table_name="case_numbers")
    op.drop_table("case_numbers")
    op.drop_table("wechat_talks")
    op.drop_index("ix_wechat_messages_at", table_name="wechat_messages")
    op.drop_index("uq_wechat_messages_nonce", table_name="wechat_messages")
    op.drop_table("wechat_messages")
    op.drop_index("ix_signatures_document", table_name="signatures")
    op.drop_index(op.f("ix_signatures_account_id"), table_name="signatures")
    op.drop_table("signatures")
    op.drop_index("ix_sessions_account", table_name="sessions")
    op.drop_table("sessions")
    op.drop_index("ix_seals_sealed_sha256", table_name="seals")
    op.drop_table("seals")
    op.drop_index("ix_familiar_places_seen", table_name="familiar_places")
    op.drop_table("familiar_places")
    op.drop_index("ix_sign_in_failures_last", table_name="sign_in_failures")
    op.drop_table("sign_in_failures")
    op.drop_table("codes_sent")
    op.drop_index("ix_one_time_codes_wide", table_name="one_time_codes")
    op.drop_index("ix_one_time_codes_target", table_name="one_time_codes")
    op.drop_index("ix_one_time_codes_account", table_name="one_time_codes")
    op.drop_table("one_time_codes")
    op.drop_index(
        "ix_messages_unread", table_name="messages", postgresql_where=sa.text("read_at IS NULL AND channel = 'in_app'")
    )
    op.drop_index("ix_messages_recipient", table_name="messages")
    op.drop_index("ix_messages_account", table_name="messages")
    op.drop_table("messages")
    op.drop_index(
        "uq_accounts_verified_uscc",
        table_name="accounts",
        postgresql_where=sa.text("verification = 'approved' AND NOT left_behind"),
    )
    op.drop_index(
        "uq_accounts_verified_id_index",
        table_name="accounts",
        postgresql_where=sa.text("kind = 'natural_person' AND verification = 'approved' AND NOT left_behind"),
    )
    op.drop_index("uq_accounts_mobile", table_name="accounts")
    op.drop_index("ix_accounts_uscc", table_name="accounts")
    op.drop_index("ix_accounts_id_index", table_name="accounts")
    op.drop_index(
        "uq_accounts_email", table_name="accounts", postgresql_where=sa.text("email_confirmed_at IS NOT NULL")
    )
    op.drop_index("uq_accounts_account_name", table_name="accounts")
    op.drop_table("accounts")
    op.drop_table("data_key")
