"""What is logged, and how: fields on standard error, never what a resident wrote, who it was, or a token."""

import logging
import sys

import structlog

from handlers.settings import SettingsError

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def configure_log(level: str) -> None:
    """Logs from `level` on; SettingsError for a level that does not exist."""
    if level.upper() not in LEVELS:
        raise SettingsError(f"LOG_LEVEL の「{level}」は {'、'.join(LEVELS)} のどれかにしてください。")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
