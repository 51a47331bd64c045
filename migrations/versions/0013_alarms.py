"""Alarms and how they were sent.

Revision ID: 0013
Revises: 0012
"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alarm",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("usual", sa.Double(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
    )
    op.create_index("ix_alarm_kind", "alarm", ["kind", "last_at"])
    op.create_table(
        "alarm_sending",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("alarm_id", sa.Integer(), sa.ForeignKey("alarm.id"), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
    )
    op.create_index("ix_alarm_sending_alarm_id", "alarm_sending", ["alarm_id"])
    op.create_index("ix_alarm_sending_state", "alarm_sending", ["state", "not_before"])
    chore = sa.table("chore", sa.column("name", sa.String), sa.column("ran_at", sa.DateTime))
    op.bulk_insert(chore, [{"name": name, "ran_at": datetime(1970, 1, 1)} for name in ("alarms", "digest")])


def downgrade() -> None:
    op.execute("DELETE FROM chore WHERE name IN ('alarms', 'digest')")
    op.drop_table("alarm_sending")
    op.drop_table("alarm")
