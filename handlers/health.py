"""Alive, ready, measured."""

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.conversation import Conversation


def health_routes(conversation: Conversation) -> Blueprint:
    """`/healthz`, `/readyz` (database and index), `/metrics`."""
    routes = Blueprint("health", __name__)

    @routes.get("/healthz")
    def healthz() -> str:
        return "ok"

    @routes.get("/readyz")
    def readyz() -> str:
        return f"ready, release {conversation.live.get().release}"

    @routes.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)

    return routes
