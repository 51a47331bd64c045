"""Runs the migrations on the engine that the application hands over."""

from alembic import context

import knowledge.models  # noqa: F401
from knowledge.database import Base

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
