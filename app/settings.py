"""Settings, read from environment variables."""

from __future__ import annotations

import os
import re
import socket
import sys
from pathlib import Path
from typing import Any, ClassVar, Literal, NoReturn, Self

from platformdirs import user_data_path
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from app.store.url import DatabaseUrl, InvalidDatabaseUrl
from model.corpus.spelling import LONGEST_NAME_LETTERS
from model.decency.folding import BOUNDARY, skeleton

STARTUP_FAILURE = 3
"""Exit status of a start that failed; uvicorn's supervisor does not start a worker again that ends with it."""


ORIGIN = re.compile(r"\*|[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")
"""An origin as browsers send it (RFC 6454, section 6.2), or all of them."""

WORD = re.compile(r"\*?[^*{}]+\*?")
"""A word that is left out: of its own, or with `*` at an end where others may go on."""

MAX_LETTERS_LEFT_OUT = 1000
"""Letters of all words that are left out: every name drawn is looked through for all of them."""


class _Environment(BaseModel):
    """Settings from environment variables, whose case does not matter; an empty one means the default.

    pydantic-settings, which also reads files, secrets and command lines, would take a twentieth of the start to import.
    """

    model_config = ConfigDict(frozen=True, validate_default=True)

    prefix: ClassVar[str] = ""
    """Of the variables' names."""

    def __init__(self, **given: Any) -> None:
        variables = {name.upper(): value for name, value in os.environ.items() if value}
        names = {self._variable(name): name for name in type(self).model_fields}
        super().__init__(**{names[name]: variables[name] for name in names.keys() & variables.keys()} | given)

    @classmethod
    def read(cls) -> Self:
        """Read the environment; a value that is not valid ends the process with one line."""
        try:
            return cls()
        except ValidationError as error:
            stop("; ".join(f"{cls._variable(str(wrong['loc'][0]))}: {wrong['msg']}" for wrong in error.errors()))

    @classmethod
    def _variable(cls, field: str) -> str:
        return f"{cls.prefix}{field}".upper()


class Settings(_Environment):
    """Settings of the service; each is an environment variable with the prefix `NAMEWRIGHT_`."""

    prefix = "NAMEWRIGHT_"

    weights: Path = Field(
        Path(__file__).parents[1] / "weights",
        description="Folder of models: every .npz file in it is served under its own name.",
    )
    default_model: str = Field("us", description="Name of the model that answers when a request names none.")
    max_count: int = Field(
        1000, ge=1, description="Most names that one answer holds; more are streamed, as CSV, plain text or NDJSON."
    )
    max_stream_count: int = Field(100_000, ge=1, description="Most names that one request may have streamed.")
    max_streams: int = Field(
        8, ge=1, description="Most answers that are streamed at once, by each process; one more is refused with 503."
    )
    max_length: int = Field(
        LONGEST_NAME_LETTERS,
        ge=1,
        le=LONGEST_NAME_LETTERS,
        description="Most letters that a drawn or scored name may have.",
    )
    max_score_names: int = Field(1000, ge=1, description="Most names that one request may score.")
    max_body_bytes: int = Field(128 * 2**10, ge=0, description="Largest request body, in bytes.")
    max_connections: int = Field(
        1000,
        ge=1,
        description="Most connections that are open at once, in each process, or fewer where the system allows it few "
        "descriptors; one more takes the place of an idle one, or is refused with 503.",
    )
    max_waiting: int = Field(
        64,
        ge=0,
        description="Most requests that may wait for a thread, small ones and large ones each; one more is refused at "
        "once with 503.",
    )
    max_wait_seconds: float = Field(
        5.0,
        gt=0,
        description="Longest that a request may have to wait for a thread, by the estimates; one that would wait "
        "longer is refused at once with 503.",
    )
    max_seconds: float = Field(
        0.45,
        gt=0,
        description="Most processor time, in seconds, that the names of one answer may take, unless they are "
        "streamed: those that are there by then are the answer, with a `shortfall`.",
    )
    max_seconds_ahead: float = Field(
        20.0,
        gt=0,
        description="Most processor time, in seconds, that one request may take for names of a seed that come before "
        "those that it asks for, or that are to be avoided; where they take more, it is a 503, and the next one goes "
        "on.",
    )
    sampling_threads: int = Field(
        2,
        ge=1,
        description="Threads that draw and score, in each process: one for small requests, the others, at least one, "
        "for large ones.",
    )
    database_url: str = Field(
        f"sqlite:///{user_data_path('namewright') / 'namewright.db'}",
        description="Database of jobs and trained models: sqlite:///path for a file, or postgresql://user:password@host/name.",
    )
    admin_token: SecretStr | None = Field(
        None,
        description="Bearer token that opens the admin routes, a random text of 16 characters or more; without one "
        "they answer 403.",
    )
    former_admin_token: SecretStr | None = Field(
        None,
        description="Token that opens the admin routes too, while clients change from it to `NAMEWRIGHT_ADMIN_TOKEN`.",
    )
    processes: int = Field(
        1,
        ge=1,
        description="Server processes that share the port, each with its own models, caches and bounds; one for each "
        "core that is to answer. `python -m app --workers` overrides it.",
    )
    worker: Literal["embedded", "none"] = Field(
        "embedded",
        description="Whether the service runs a training worker beside it; none where `python -m app.worker` does.",
    )
    worker_id: str = Field(
        "",
        description="Name of a training worker, the same whenever it starts again; by default that of the machine.",
    )
    max_train_names: int = Field(
        200_000,
        ge=3,
        description="Most names that a list to train on may have; in a file, every line counts that is neither blank "
        "nor a comment.",
    )
    max_train_letters: int = Field(500, ge=1, description="Most different letters that a list to train on may have.")
    max_hidden: int = Field(512, ge=1, description="Most hidden units of a network to train.")
    max_steps: int = Field(200_000, ge=1, description="Most steps of a training.")
    max_queue: int = Field(100, ge=1, description="Most trainings that may wait; one more is refused with 503.")
    max_upload_bytes: int = Field(
        4 * 2**20, ge=1, description="Largest body of a request to train, in bytes; it holds a list of names."
    )
    poll_seconds: float = Field(
        1.0, gt=0, le=60, description="How often the service looks whether a new version is published, in seconds."
    )
    max_pinned: int = Field(
        8, ge=1, description="Most versions that are kept in memory beside those in service, for `name@version`."
    )
    max_cached_megabytes: int = Field(
        128,
        ge=1,
        description="Most memory, in megabytes, for versions that are loaded when a request asks for them, with what "
        "is worked out for further requests: bundled models but the default one, and those of `name@version`.",
    )
    like: bool = Field(
        True,
        description="Whether `POST /sample` takes `like`: a few names, which a process beside the service learns.",
    )
    max_adaptations: int = Field(
        2,
        ge=1,
        description="Most such processes at a time, each on one core for some seconds; one more is refused with 503.",
    )
    max_styles: int = Field(
        32, ge=1, description="Most of what they made that is kept in memory, for `model=style:...`; a megabyte each."
    )
    style_minutes: float = Field(
        15.0, gt=0, description="How long that is kept after it was last asked for, in minutes."
    )
    max_followers: int = Field(100, ge=1, description="Most clients that may follow the events of trainings at once.")
    cors_origins: tuple[str, ...] = Field(
        (), description="Origins whose pages may call the service from a browser, separated by commas; * for all."
    )
    words_left_out: tuple[str, ...] = Field(
        (),
        description="Words of your own that no name has unless `decent` is false, separated by commas; `*word*` counts "
        "within others too.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")
    log_format: Literal["auto", "console", "json"] = Field(
        "auto", description="How log lines look: auto is console on a terminal and JSON elsewhere."
    )

    @field_validator("database_url")
    @classmethod
    def _check_database(cls, url: str) -> str:
        """Refuse what is no database URL, without repeating the password that may stand in it."""
        try:
            DatabaseUrl.parse(url)
        except InvalidDatabaseUrl as error:
            raise PydanticCustomError("database_url", "{advice}", {"advice": error.advice}) from None
        return url

    @field_validator("cors_origins", "words_left_out", mode="before")
    @classmethod
    def _split(cls, items: Any) -> Any:
        """Split `a,b`, as it is written in an environment variable."""
        return tuple(filter(None, map(str.strip, items.split(",")))) if isinstance(items, str) else items

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

    @field_validator("words_left_out")
    @classmethod
    def _check_words(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse what is no word, and more than models of all languages have room for."""
        for word in words:
            if not (WORD.fullmatch(word) and skeleton(word).replace(BOUNDARY, "")):
                raise PydanticCustomError(
                    "word", "{word} is not a word; write word, or *word* for anywhere", {"word": f"{word!r:.60}"}
                )
        if sum(map(len, words)) > MAX_LETTERS_LEFT_OUT:
            raise PydanticCustomError(
                "words", "they have more than {most} letters together", {"most": f"{MAX_LETTERS_LEFT_OUT:,}"}
            )
        return words

    @property
    def worker_name(self) -> str:
        """The name of the training worker of this machine."""
        # A file has one worker, of the same name in every container that has the file.
        return self.worker_id or ("local" if self.database.is_sqlite else socket.gethostname())

    @property
    def database(self) -> DatabaseUrl:
        """Where the database is."""
        return DatabaseUrl.parse(self.database_url)

    @classmethod
    def unknown_variables(cls) -> list[str]:
        """Environment variables with the prefix of the settings that are none, likely misspelt."""
        known = set(map(cls._variable, cls.model_fields))
        return sorted(name for name in os.environ if name.upper().startswith(cls.prefix) and name.upper() not in known)


class Address(_Environment):
    """Where `python -m app` listens."""

    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 for every one of the machine.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 lets the system choose.")


def stop(reason: str) -> NoReturn:
    """End a start that cannot succeed with one line."""
    print(f"namewright does not start: {reason}", file=sys.stderr)
    sys.exit(STARTUP_FAILURE)
