"""When the chores of every day were last begun; daily sums of the log.

Revision ID: 0008
Revises: 0007
"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table = op.create_table(
        "chore",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("ran_at", sa.DateTime(), nullable=False),
    )
    op.create_table(
        "daily_figure",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("intent", sa.String(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Double(), nullable=False),
    )
    op.create_index("ix_daily_figure_day", "daily_figure", ["day"])
    op.create_index("ix_question_log_feedback", "question_log", ["feedback", "asked_at"])
    summed = op.create_table(
        "summed_up",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("last", sa.Integer(), nullable=False),
    )
    op.bulk_insert(summed, [{"id": 1, "last": 0}])
    op.bulk_insert(table, [{"name": "retention", "ran_at": datetime(1970, 1, 1)}])


def downgrade() -> None:
    op.drop_index("ix_question_log_feedback", "question_log")
    for name in ("summed_up", "daily_figure", "chore"):
        op.drop_table(name)
