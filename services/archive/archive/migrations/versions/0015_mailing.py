"""Mailing: parcels with paper certificates, and the steps that each took"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OPEN = "state IN ('asked', 'printed', 'sent')"


def upgrade() -> None:
    op.create_table(
        "parcels",
        sa.Column("parcel_number", sa.Text(), nullable=False),
        sa.Column("registration_number", sa.Text(), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="asked", nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("batch_id", sa.Text(), nullable=True),
        sa.Column("document_id", sa.Text(), nullable=True, comment="the edition of the certificate that was printed"),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tracking_number", sa.Text(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'printed', 'sent', 'delivered', 'returned')", name=op.f("ck_parcels_state")
        ),
        sa.CheckConstraint(
            "(state IN ('asked', 'printed')) = (tracking_number IS NULL)", name=op.f("ck_parcels_sent_under_a_number")
        ),
        sa.CheckConstraint("(tracking_number IS NULL) = (sent_on IS NULL)", name=op.f("ck_parcels_sent_on_a_day")),
        sa.CheckConstraint(
            "(state IN ('delivered', 'returned')) = (ended_on IS NOT NULL)", name=op.f("ck_parcels_ended_on_a_day")
        ),
        sa.CheckConstraint("(state = 'asked') = (batch_id IS NULL)", name=op.f("ck_parcels_printed_in_a_batch")),
        sa.CheckConstraint(
            "state NOT IN ('asked', 'printed', 'sent') OR address IS NOT NULL", name=op.f("ck_parcels_goes_somewhere")
        ),
        sa.ForeignKeyConstraint(
            ["registration_number"],
            ["register_entries.registration_number"],
            name=op.f("fk_parcels_registration_number_register_entries"),
        ),
        sa.PrimaryKeyConstraint("parcel_number", name=op.f("pk_parcels")),
        sa.UniqueConstraint("tracking_number", name=op.f("uq_parcels_tracking_number")),
    )
    op.create_index("uq_parcels_open", "parcels", ["registration_number"], unique=True, postgresql_where=sa.text(OPEN))
    op.create_index("ix_parcels_registration_number", "parcels", ["registration_number", "parcel_number"])
    op.create_index("ix_parcels_account_id", "parcels", ["account_id", "parcel_number"])
    op.create_index("ix_parcels_state", "parcels", ["state", "asked_at", "parcel_number"])
    op.create_index("ix_parcels_batch_id", "parcels", ["batch_id"])
    op.create_table(
        "parcel_steps",
        sa.Column("step_id", sa.Text(), nullable=False),
        sa.Column("parcel_number", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["parcel_number"], ["parcels.parcel_number"], name=op.f("fk_parcel_steps_parcel_number_parcels")
        ),
        sa.PrimaryKeyConstraint("step_id", name=op.f("pk_parcel_steps")),
    )
    op.create_index("ix_parcel_steps_parcel_number", "parcel_steps", ["parcel_number", "step_id"])


def downgrade() -> None:
    raise NotImplementedError("what was sent stays known")
