"""Who was asked what they had meant.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meaning_asked",
        sa.Column("user", sa.String(), primary_key=True),
        sa.Column("answer_key", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("meaning_asked")
