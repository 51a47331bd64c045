"""Figures by day and month, and what the log can be searched by.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("question_log", sa.Column("office", sa.String(), nullable=False, server_default=""))
    for name, columns in (("cluster", ["cluster_id", "asked_at"]), ("feedback", ["feedback", "asked_at", "release"])):
        op.drop_index(f"ix_question_log_{name}", "question_log")
        op.create_index(f"ix_question_log_{name}", "question_log", columns)
    # Both are made anew from the log, whose rows are kept as long as figures are.
    op.drop_table("daily_figure")
    op.drop_table("summed_up")
    op.create_table(
        "figure",
        sa.Column("unit", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("value", sa.String(), primary_key=True),
        sa.Column("answered", sa.Boolean(), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Double(), nullable=False),
    )
    op.create_table(
        "log_posting",
        sa.Column("term", sa.String(), primary_key=True),
        sa.Column("block", sa.Integer(), primary_key=True),
        sa.Column("numbers", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_log_posting_block", "log_posting", ["block"])
    op.create_table(
        "log_progress",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("last", sa.Integer(), nullable=False),
    )
    op.execute("INSERT INTO log_progress (id, last) VALUES (1, 0)")


def downgrade() -> None:
    for name in ("log_progress", "log_posting", "figure"):
        op.drop_table(name)
    op.create_table(
        "summed_up",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("last", sa.Integer(), nullable=False),
    )
    op.execute("INSERT INTO summed_up (id, last) VALUES (1, 0)")
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
    for name, columns in (("cluster", ["cluster_id", "id"]), ("feedback", ["feedback", "asked_at"])):
        op.drop_index(f"ix_question_log_{name}", "question_log")
        op.create_index(f"ix_question_log_{name}", "question_log", columns)
    with op.batch_alter_table("question_log") as table:
        table.drop_column("office")
