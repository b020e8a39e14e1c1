import csv
import io
import json
from typing import Any

import pytest
from starlette.types import Scope

from app.http.errors import NotAcceptable
from app.http.formats import MEASURES, encode_sample, negotiate
from app.schemas.formats import Format
from app.serving.results import SampleResult, ScoredName
from model.corpus.spelling import is_name
from model.generation.details import Near, Other
from model.generation.scoring import Score

DETAILS = [
    ScoredName(
        Score('O"Neil, Jr', (-3.0, -0.5), ()),
        "o",
        in_training_list=True,
        percentile=81.5,
        others=[[Other("a", 0.123456), Other("", 0.1)], []],
        nearest=[Near("O'Neill", 3), Near("O'Neil", 4)],
    ),
    ScoredName(Score("Zoé", None, ("é",)), "zoé", in_training_list=False),
]
DETAILS_IN_JSON: list[dict[str, Any]] = [
    {
        "name": 'O"Neil, Jr',
        "log_probability": -3.5,
        "nats_per_letter": 1.75,
        "letters": [
            {
                "letter": "o",
                "log_probability": -3.0,
                "others": [{"letter": "a", "probability": 0.123}, {"letter": "", "probability": 0.1}],
            }
        ],
        "end": -0.5,
        "end_others": [],
        "percentile": 81.5,
        "in_training_list": True,
        "nearest": [{"name": "O'Neill", "distance": 3}, {"name": "O'Neil", "distance": 4}],
        "unknown_letters": [],
    },
    {
        "name": "Zoé",
        "log_probability": None,
        "nats_per_letter": None,
        "letters": [],
        "end": None,
        "end_others": None,
        "percentile": None,
        "in_training_list": False,
        "nearest": None,
        "unknown_letters": ["é"],
    },
]
DRAWS = SampleResult(['O"Neil, Jr', "Zoé"], "us", 0, "7", None, True, None, {"decent": 0}, None)
DETAILED = SampleResult(['O"Neil, Jr', "Zoé"], "ünï", 3, "7", "only 2", False, 96.5, {"decent": 4}, DETAILS, 0.9)


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", "json"),
        ("*/*", "json"),
        ("application/json", "json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "json"),
        ("text/html", "json"),
        ("text/csv", "csv"),
        ("TEXT/CSV; charset=utf-8", "csv"),
        ("text/plain, application/json;q=0.5", "txt"),
        ("application/json;q=0.5, application/x-ndjson", "ndjson"),
        ("text/*, application/json;q=0.1", "csv"),
        ("application/json;q=0, */*", "csv"),
        ("image/png, text/plain;q=0.1", "txt"),
        ("text/csv;q=nonsense, text/plain;q=0.1", "txt"),
        ("text/csv;q=nan, text/plain;q=0.1", "txt"),
    ],
)
def test_the_accept_header_chooses(accept: str, form: Format) -> None:
    assert negotiate(accepting(accept)) == form


def accepting(value: str) -> Scope:
    """The part of a request that says which formats are liked."""
    return {"headers": [(b"host", b"here"), (b"accept", value.encode())]}


@pytest.mark.parametrize("accept", ["image/png", "text/csv;q=0", ",", "nonsense"])
def test_a_format_that_is_not_offered_is_refused_with_those_that_are(accept: str) -> None:
    with pytest.raises(NotAcceptable) as refused:
        negotiate(accepting(accept))
    assert "text/csv" in refused.value.media_types


def test_json_holds_everything() -> None:
    assert json.loads(bytes(encode_sample(DETAILED, "json").body)) == {
        "names": ['O"Neil, Jr', "Zoé"],
        "model": "ünï",
        "version": 3,
        "seed": "7",
        "shortfall": "only 2",
        "exact": False,
        "effective_sample_size": 96.5,
        "top_p": 0.9,
        "left_out": {"decent": 4},
        "details": DETAILS_IN_JSON,
    }
    assert "details" not in json.loads(bytes(encode_sample(DRAWS, "json").body))


def test_csv_is_read_back_by_another_reader() -> None:
    answer = encode_sample(DRAWS, "csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert bytes(answer.body).endswith(b"\r\n")
    assert list(csv.reader(io.StringIO(bytes(answer.body).decode()))) == [["name"], ['O"Neil, Jr'], ["Zoé"]]
    assert list(csv.reader(io.StringIO(bytes(encode_sample(DETAILED, "csv").body).decode()))) == [
        ["name", *MEASURES],
        ['O"Neil, Jr', "-3.5", "true", "1.75", "81.5", "O'Neill", "3"],
        ["Zoé", "", "false", "", "", "", ""],
    ]


def test_plain_text_is_one_name_a_line() -> None:
    assert bytes(encode_sample(DRAWS, "txt").body).decode() == 'O"Neil, Jr\nZoé\n'


def test_ndjson_is_one_object_a_line() -> None:
    lines = bytes(encode_sample(DRAWS, "ndjson").body).decode().splitlines()
    assert [json.loads(line) for line in lines] == [{"name": 'O"Neil, Jr'}, {"name": "Zoé"}]
    lines = bytes(encode_sample(DETAILED, "ndjson").body).decode().splitlines()
    assert [json.loads(line) for line in lines] == DETAILS_IN_JSON


@pytest.mark.parametrize("form", ["csv", "txt", "ndjson"])
def test_what_has_no_place_in_the_body_travels_as_headers(form: Format) -> None:
    headers = encode_sample(DETAILED, form).headers
    assert headers["x-namewright-model"] == r"\xfcn\xef"
    assert headers["x-namewright-version"] == "3"
    assert headers["x-namewright-seed"] == "7"
    assert headers["x-namewright-shortfall"] == "only 2"
    assert headers["x-namewright-left-out-decent"] == "4"
    assert headers["x-namewright-top-p"] == "0.9"
    assert "x-namewright-shortfall" not in encode_sample(DRAWS, form).headers


def test_no_name_begins_as_a_formula_of_a_spreadsheet_does() -> None:
    for begin in ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"):
        assert not is_name(f"{begin}anna")
        assert not is_name(begin)
