"""Log lines: one shape for the service and for its server, on stderr."""

from __future__ import annotations

import logging.config
import sys
from typing import Any

import structlog

from app.settings import Settings

NOISE = {
    "Started server process [%d]",
    "Waiting for application startup.",
    "Application startup complete.",
    "Application startup failed. Exiting.",
    "Waiting for application shutdown.",
    "Application shutdown complete.",
}
"""What uvicorn says around a start and a stop; the service's own lines tell when it is ready, or why it is not."""


def configure(settings: Settings) -> None:
    """Send the lines of structlog, and those that uvicorn makes through the standard library, to stderr."""
    console = settings.log_format == "console" or (settings.log_format == "auto" and sys.stderr.isatty())
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    described: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    rendered: list[Any] = (
        [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
        if console
        else [structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer(ensure_ascii=False)]
    )
    structlog.configure(
        processors=described + rendered,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "ours": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": described,
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendered],
                }
            },
            "filters": {"quiet": {"()": _Quiet}},
            "handlers": {
                "stderr": {"class": "logging.StreamHandler", "formatter": "ours", "filters": ["quiet"]},
            },
            "loggers": {
                "uvicorn": {"level": level, "handlers": ["stderr"], "propagate": False},
                "uvicorn.error": {"level": level, "handlers": [], "propagate": True},
                "uvicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
            },
        }
    )


class _Quiet(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return record.msg not in NOISE
