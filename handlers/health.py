"""Alive, ready, measured."""

from typing import TYPE_CHECKING

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.conversation import Conversation
from bot.delivery import Worker
from knowledge import KnowledgeError
from knowledge.database import Sessions

if TYPE_CHECKING:
    from bot.calls import Caller


def health_routes(conversation: Conversation, sessions: Sessions, worker: "Worker | Caller") -> Blueprint:
    """`/healthz`, `/readyz` (database, index and worker; 503 while one of them is not), `/metrics`."""
    routes = Blueprint("health", __name__)

    @routes.get("/healthz")
    def healthz() -> str:
        return "ok"

    @routes.get("/readyz")
    def readyz() -> Response:
        try:
            release = conversation.live.get().release
            with sessions() as session:
                session.execute(text("SELECT 1"))
        except (KnowledgeError, SQLAlchemyError) as error:
            return Response(f"not ready: {type(error).__name__}", status=503)
        if not worker.alive():
            return Response("not ready: worker", status=503)
        return Response(f"ready, release {release}")

    @routes.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)

    return routes
