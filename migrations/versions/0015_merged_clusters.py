"""Open clusters that turn out to ask for the same thing become one; the address of the other leads there.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("question_cluster", sa.Column("merged_into", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM question_cluster WHERE state = 'merged'")
    # In place, since SQLite cannot make a table anew that wordings and decisions refer to.
    op.drop_column("question_cluster", "merged_into")
