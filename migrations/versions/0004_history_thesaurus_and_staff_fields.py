"""History that nothing can erase; residents' words; what staff keep beside an entry; versions.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

from knowledge.history import guard_history, release_history

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TEXTS = ("owner", "source", "page", "state", "note")


def upgrade() -> None:
    with op.batch_alter_table("entry") as table:
        for name in _TEXTS:
            kind = sa.Text() if name == "note" else sa.String()
            table.add_column(sa.Column(name, kind, nullable=False, server_default=""))
        table.add_column(sa.Column("review_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("office") as table:
        table.add_column(sa.Column("hours", sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("plan") as table:
        table.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.create_table(
        "word",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("official", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint("word", "official"),
    )
    op.create_table(
        "history",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
    )
    op.create_index("ix_history_item", "history", ["kind", "item"])
    guard_history(op.get_bind())


def downgrade() -> None:
    release_history(op.get_bind())
    op.drop_table("history")
    op.drop_table("word")
    with op.batch_alter_table("plan") as table:
        table.drop_column("version")
    with op.batch_alter_table("office") as table:
        table.drop_column("version")
        table.drop_column("hours")
    with op.batch_alter_table("entry") as table:
        for name in ("version", "review_on", *_TEXTS):
            table.drop_column(name)
