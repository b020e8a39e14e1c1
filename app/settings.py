"""What an operator may set, all of it through environment variables."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn, Self

from pydantic import Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from model.lines import LONGEST

STARTUP_FAILURE = 3
"""Exit status of a start that failed; uvicorn's supervisor does not start a worker again that ends with it."""


ORIGIN = re.compile(r"\*|[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")
"""An origin as browsers send it (RFC 6454, section 6.2), or all of them."""


class _Environment(BaseSettings):
    """Settings that stop the process with one line when they are wrong."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    @classmethod
    def read(cls) -> Self:
        """Read the environment; a value that is not valid ends the process."""
        try:
            return cls()
        except ValidationError as error:
            prefix = cls.model_config.get("env_prefix", "")
            stop("; ".join(f"{prefix}{wrong['loc'][0]}".upper() + f": {wrong['msg']}" for wrong in error.errors()))


class Settings(_Environment):
    """Settings of the service; each is an environment variable with the prefix `NAMEWRIGHT_`."""

    model_config = SettingsConfigDict(env_prefix="NAMEWRIGHT_")

    weights: Path = Field(
        Path(__file__).parents[1] / "weights",
        description="Folder of models: every .npz file in it is served under its own name.",
    )
    default_model: str = Field("us", description="Name of the model that answers when a request names none.")
    max_count: int = Field(1000, ge=1, description="Most names that one request may draw.")
    max_length: int = Field(LONGEST, ge=1, le=LONGEST, description="Most letters that a drawn or scored name may have.")
    max_score_names: int = Field(1000, ge=1, description="Most names that one request may score.")
    max_body_bytes: int = Field(128 * 2**10, ge=0, description="Largest request body, in bytes.")
    max_waiting: int = Field(
        64, ge=0, description="Most requests that may wait for a thread; one more is refused at once with 503."
    )
    max_wait_seconds: float = Field(
        5.0, gt=0, description="Longest that a request waits for a thread before it is refused with 503."
    )
    sampling_threads: int = Field(2, ge=1, description="Threads that draw and score, in each process.")
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Origins whose pages may call the service from a browser, separated by commas; * for all."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")
    log_format: Literal["auto", "console", "json"] = Field(
        "auto", description="How log lines look: auto is console on a terminal and JSON elsewhere."
    )

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split(cls, origins: Any) -> Any:
        """Take `a,b` apart, as it stands in an environment variable."""
        return tuple(filter(None, map(str.strip, origins.split(",")))) if isinstance(origins, str) else origins

    @field_validator("cors_origins")
    @classmethod
    def _check(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse what no browser sends as an origin, such as an address with a path."""
        for origin in origins:
            if not ORIGIN.fullmatch(origin):
                raise PydanticCustomError(
                    "origin",
                    "{origin} is not an origin; write scheme://host or scheme://host:port in small letters, or *",
                    {"origin": repr(origin)},
                )
        return origins

    @classmethod
    def strangers(cls) -> list[str]:
        """Variables that look like settings and are none: likely misspelt."""
        prefix = cls.model_config["env_prefix"]
        known = {(prefix + name).upper() for name in cls.model_fields}
        return sorted(name for name in os.environ if name.upper().startswith(prefix) and name.upper() not in known)


class Address(_Environment):
    """Where `python -m app` listens."""

    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 for every one of the machine.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 lets the system choose.")


def stop(reason: str) -> NoReturn:
    """End a start that cannot succeed with one line."""
    print(f"namewright does not start: {reason}", file=sys.stderr)
    sys.exit(STARTUP_FAILURE)
