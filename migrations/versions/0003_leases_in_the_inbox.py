"""Leases, retries and kinds of event in the inbox; the message that a log row comes from.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("inbox_event") as table:
        for name, default in (("kind", "text"), ("message_id", ""), ("worker", "")):
            table.add_column(sa.Column(name, sa.String(), nullable=False, server_default=default))
        for name in ("received_at", "claimed_until", "not_before"):
            table.add_column(sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
        table.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("private", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.alter_column("sent_at", existing_type=sa.Integer(), type_=sa.BigInteger())
        table.create_index("ix_inbox_user", ["channel", "user_id", "state"])
        table.create_index("ix_inbox_message", ["message_id"])
    with op.batch_alter_table("question_log") as table:
        table.add_column(sa.Column("message_id", sa.String(), nullable=False, server_default=""))
        table.create_index("ix_question_log_message_id", ["message_id"])


def downgrade() -> None:
    with op.batch_alter_table("question_log") as table:
        table.drop_index("ix_question_log_message_id")
        table.drop_column("message_id")
    with op.batch_alter_table("inbox_event") as table:
        table.drop_index("ix_inbox_message")
        table.drop_index("ix_inbox_user")
        for name in (
            "kind", "message_id", "worker", "received_at", "claimed_until", "not_before", "attempts", "private",
        ):  # fmt: skip
            table.drop_column(name)
