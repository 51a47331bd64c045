"""What residents say of answers, and questions grouped for review.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("question_log") as table:
        for name in ("answer_key", "feedback", "review"):
            table.add_column(sa.Column(name, sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("meant", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("cluster_id", sa.Integer(), nullable=True))
        table.create_index("ix_question_log_answer_key", ["answer_key"])
        table.create_index("ix_question_log_review", ["review", "id"])
        table.create_index("ix_question_log_cluster", ["cluster_id", "id"])
    # Texts from before were stored unmasked and stay as they are; what was not answered waits for review.
    op.execute("UPDATE question_log SET review = 'waiting' WHERE NOT answered AND question <> ''")
    op.create_table(
        "question_cluster",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.Column("assigned", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
    )
    op.create_index("ix_cluster_queue", "question_cluster", ["state", "count", "last_at"])
    op.create_table(
        "cluster_wording",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("cluster_id", sa.Integer(), sa.ForeignKey("question_cluster.id"), nullable=False),
        sa.Column("core", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
    )
    op.create_index("ix_cluster_wording_cluster_id", "cluster_wording", ["cluster_id"])
    op.create_table(
        "review_decision",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("cluster_id", sa.Integer(), sa.ForeignKey("question_cluster.id"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("changed", sa.JSON(), nullable=False),
        sa.Column("undone_by", sa.String(), nullable=False),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
    )
    op.create_index("ix_review_decision_cluster_id", "review_decision", ["cluster_id"])


def downgrade() -> None:
    for name in ("review_decision", "cluster_wording", "question_cluster"):
        op.drop_table(name)
    with op.batch_alter_table("question_log") as table:
        for index in ("answer_key", "review", "cluster"):
            table.drop_index(f"ix_question_log_{index}")
        for name in ("answer_key", "feedback", "review", "meant", "cluster_id"):
            table.drop_column(name)
