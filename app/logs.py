"""Log lines: one shape for the service and for its server, on stderr.

A line is an event and its fields: ``log.info("version in service", model=name, version=version)``. structlog writes the
same, but importing it adds 46 to 80 ms and 7 MB to the start of the service (measured with structlog 26.1).
"""

from __future__ import annotations

import json
import logging.config
import sys
from collections.abc import Mapping, MutableMapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

NOISE = {
    "Started server process [%d]",
    "Waiting for application startup.",
    "Application startup complete.",
    "Application startup failed. Exiting.",
    "Waiting for application shutdown.",
    "Application shutdown complete.",
}
"""What uvicorn says around a start and a stop; the service logs by itself when it is ready, or why it is not."""


class EventLogger(logging.LoggerAdapter[logging.Logger]):
    """A logger whose keyword arguments are the fields of the line."""

    INFO = logging.INFO

    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        """Move the fields to where the formatters find them."""
        exc_info = kwargs.pop("exc_info", None)
        return msg, {"exc_info": exc_info, "extra": {"fields": dict(kwargs)}}

    def batch(self, event: str, lines: Sequence[tuple[float, dict[str, Any]]]) -> None:
        """Log an event once for each time (seconds since 1970) and fields, as one record of logging."""
        self.logger.info(event, extra={"lines": lines})


def get_logger(name: str) -> EventLogger:
    """The logger of a module."""
    return EventLogger(logging.getLogger(name))


def configure(level: str, log_format: str) -> None:
    """Send the lines of the service, of uvicorn, and errors of DBOS to stderr; `log_format` as in the settings."""
    console = log_format == "console" or (log_format == "auto" and sys.stderr.isatty())
    level = level.upper()
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"ours": {"()": ConsoleFormatter if console else JsonFormatter}},
            "filters": {"quiet": {"()": _Quiet}},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "ours", "filters": ["quiet"]}},
            "loggers": {
                "app": {"level": level, "handlers": ["stderr"]},
                "dbos": {"level": "ERROR", "handlers": ["stderr"], "propagate": False},
                "uvicorn": {"level": level, "handlers": ["stderr"], "propagate": False},
                "uvicorn.error": {"level": level, "handlers": [], "propagate": True},
                "uvicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
            },
        }
    )


class JsonFormatter(logging.Formatter):
    """A JSON object a line, for programs."""

    def format(self, record: logging.LogRecord) -> str:
        """The whole line, or several."""
        always = _members({"level": record.levelname.lower(), "event": record.getMessage()})
        exception = _members({"exception": self.formatException(record.exc_info)}) if record.exc_info else ""
        return "\n".join(
            f'{{"time": "{_time(at)}"{always}{_members(fields)}{exception}}}' for at, fields in _lines(record)
        )


class ConsoleFormatter(logging.Formatter):
    """A line for people; a failure is followed by its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """The whole line, or several, and a traceback where there is one."""
        level, event = record.levelname.lower(), record.getMessage()
        lines = []
        for at, fields in _lines(record):
            shown = "".join(f" {name}={value}" for name, value in fields.items())
            lines.append(f"{_time(at)[11:23]} {level:<7} {event}{shown}")
        if record.exc_info:
            lines.append(self.formatException(record.exc_info))
        return "\n".join(lines)


class _Quiet(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return record.msg not in NOISE


def _members(fields: Mapping[str, Any]) -> str:
    """Further members of a JSON object: what `json.dumps` writes, in a third of the time; each request has a line."""
    return "".join([f', "{name}": {_value(value)}' for name, value in fields.items()])


def _value(value: Any) -> Any:
    kind = type(value)
    if kind is str:
        return encode_basestring(value)
    return value if kind is int or kind is float else json.dumps(value, ensure_ascii=False)


def _time(at: float) -> str:
    return f"{_second(int(at))}.{int(at * 1000) % 1000:03d}+00:00"


@lru_cache(maxsize=4)
def _second(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _lines(record: logging.LogRecord) -> Sequence[tuple[float, dict[str, Any]]]:
    """The time and the fields of each line of a record."""
    lines: Sequence[tuple[float, dict[str, Any]]] | None = getattr(record, "lines", None)
    return lines or [(record.created, getattr(record, "fields", {}))]
