"""Entries with a period, an address and an import history of their own; accounts.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# The first revision left its constraint without a name: PostgreSQL gave it one of its own, SQLite none; this gives it
# one to be dropped by.
_NAMES = {"uq": "uq_%(table_name)s_%(column_0_N_name)s"}
_KEY = {"table_name": "entry", "column_0_N_name": "plan_id_section_title_source_id"}


def upgrade() -> None:
    with op.batch_alter_table("entry", naming_convention=_NAMES) as table:
        table.add_column(sa.Column("url", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("valid_from", sa.Date(), nullable=True))
        table.add_column(sa.Column("valid_to", sa.Date(), nullable=True))
        table.add_column(sa.Column("variant", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("imported", sa.JSON(), nullable=False, server_default="{}"))
        on_postgresql = op.get_bind().dialect.name == "postgresql"
        named = "entry_plan_id_section_title_source_id_key" if on_postgresql else _NAMES["uq"] % _KEY
        table.drop_constraint(named, type_="unique")
        table.create_unique_constraint("uq_entry_key", ["plan_id", "section", "title", "source_id", "variant"])
    with op.batch_alter_table("office") as table:
        table.add_column(sa.Column("imported", sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False, unique=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password", sa.String(), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("account")
    with op.batch_alter_table("entry") as table:
        table.drop_constraint("uq_entry_key", type_="unique")
        for name in ("url", "valid_from", "valid_to", "variant", "imported"):
            table.drop_column(name)
    with op.batch_alter_table("office") as table:
        table.drop_column("imported")
