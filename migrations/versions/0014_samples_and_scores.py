"""Samples of questions for people to judge, scores of releases, questions asked again in other words.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("question_log", sa.Column("rephrased", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("log_progress", sa.Column("compared", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE log_progress SET compared = (SELECT COALESCE(MAX(id), 0) FROM question_log)")
    op.create_table(
        "judged_sample",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("log_id", sa.Integer(), nullable=False, unique=True),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("intent", sa.String(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("meant", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=True),
    )
    op.create_index("ix_judged_sample_week", "judged_sample", ["week"])
    op.create_table(
        "release_score",
        sa.Column("release", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("right", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("declined_rightly", sa.Integer(), nullable=False),
        sa.Column("declined_wrongly", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
    )


def downgrade() -> None:
    for name in ("release_score", "judged_sample"):
        op.drop_table(name)
    with op.batch_alter_table("log_progress") as table:
        table.drop_column("compared")
    with op.batch_alter_table("question_log") as table:
        table.drop_column("rephrased")
