"""Acts of releases, staff's test questions, work behind the pages.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "release_act",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), sa.ForeignKey("release.number"), nullable=False),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("override", sa.Text(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("added", "changed", "removed")),
    )
    # What was published before acts were recorded.
    op.execute(
        "INSERT INTO release_act"
        " (id, at, who, action, number, before, why, override, problems, added, changed, removed)"
        " SELECT number, published_at, 'コマンド', '公開', number, NULL, reason, '', '[]', 0, 0, 0 FROM release"
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "SELECT setval(pg_get_serial_sequence('release_act', 'id'), (SELECT max(id) + 1 FROM release_act), false)"
        )
    op.create_table(
        "test_question",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("question", sa.Text(), nullable=False, unique=True),
        sa.Column("entry", sa.Integer(), nullable=True),
        sa.Column("expected", sa.Text(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), primary_key=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("kind", "subject", "who")),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("state", "stage")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("done", "total")),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("claimed_until", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("switched", sa.JSON(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
    )
    op.create_index("ix_job_kind", "job", ["kind"])


def downgrade() -> None:
    for table in ("job", "test_question", "release_act"):
        op.drop_table(table)
