"""Both clients against the real service."""

from __future__ import annotations

import math
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from namewright_client import Client, Problem, Retries, TrainingFailed

from tests.client.conftest import MANY, NewClient
from tests.support.processes import Process
from tests.support.tcp_proxy import TcpProxy
from tests.support.trainings import lasting, quick

pytestmark = pytest.mark.slow


def test_names_come_with_where_they_are_from(client: Client) -> None:
    drawn = client.sample(start="a", max_length=12, seed=7, details=True)
    assert drawn.names == ("Antsey", "Akira", "Avriello", "Akim", "Akeemias")  # as README has them
    assert (drawn.model, drawn.version, drawn.seed, drawn.shortfall, drawn.exact) == ("us", 0, "7", None, True)
    assert drawn.left_out["decent"] == 0
    assert drawn.details is not None
    assert [one.name for one in drawn.details] == list(drawn.names)
    assert drawn.details[0].letters[0].letter == "a"


def test_every_kind_of_names_can_be_asked_for(client: Client) -> None:
    assert len(client.sample(blend={"icelandic-girls": 0.7, "anglo-irish-girls": 0.3}).names) == 5
    assert client.sample(keys=["npc-1", 2, "npc-1"]).names[0] == client.sample(key="npc-1").names[0]
    cast = client.sample(cast=True, count=4, existing=["Anna"]).cast
    assert cast is not None
    assert len(cast) == 4
    full = client.sample(parts={"given": {"model": "icelandic-girls"}, "surname": {"lock": "Braun"}}, latin=True)
    assert full.parts is not None
    assert {one.surname for one in full.parts} == {"Braun"}
    assert full.parts[0].latin is not None
    avoiding = client.sample(seed=8, avoid={"seed": 7, "count": 5}, pattern="A*", syllables="2-3")
    assert "avoid" in avoiding.left_out


def test_names_like_a_few_are_drawn_on_by_the_model_of_the_answer(client: Client) -> None:
    first = client.like(["Selivrin", "Elrandir", "Thaliel", "Vaelith", "Lorieth"], seed=7)
    assert first.model.startswith("style:")
    assert first.version is None
    assert first.note
    assert client.sample(model=first.model, seed=7).names == first.names


def test_pages_of_a_seed_have_its_names_without_a_gap(client: Client) -> None:
    pages = list(islice(client.pages("world", size=7, temperature=0.8), 3))
    names = [name for page in pages for name in page.names]
    assert tuple(names) == client.sample(seed="world", count=21, temperature=0.8).names


def test_pages_end_where_a_seed_has_no_more_names(client: Client) -> None:
    pages = list(client.pages(1, size=40, pattern="A??", exclude=list("bcdfghjklmnpqrstvwxz")))
    assert pages[-1].names == ()
    assert pages[-1].shortfall
    assert len({name for page in pages for name in page.names}) == sum(len(page.names) for page in pages) > 0


def test_names_are_streamed_one_by_one_with_their_facts_at_the_end(client: Client) -> None:
    with client.stream(2500, model="us-seed", seed="é 1") as stream:
        assert (stream.model, stream.version, stream.seed) == ("us-seed", 0, "é 1")
        before = stream.end
        names = list(stream)
    assert before is None
    assert stream.end is not None
    assert len(names) == stream.end.names == 2500
    assert stream.end.shortfall is None
    assert stream.end.left_out.keys() == {"decent"}
    assert client.sample(model="us-seed", seed="é 1", count=3).names == tuple(names[:3])


def test_a_short_stream_has_the_same_facts_at_its_end(client: Client) -> None:
    with client.stream(3, novel=True, pattern="A*a") as stream:
        assert len(list(stream)) == 3
    assert stream.end is not None
    assert stream.end.names == 3
    assert stream.end.left_out.keys() == {"decent", "novel"}


def test_a_stream_that_is_cut_off_is_an_error_and_no_end(new_client: NewClient, service: Process) -> None:
    with TcpProxy(service.port) as proxy:
        client = new_client(proxy.port)
        with client.stream(MANY, model="us-seed", unique=False, decent=False) as stream:
            names = iter(stream)
            next(names)
            proxy.cut()
            with pytest.raises(httpx.TransportError):
                list(names)
        assert stream.end is None


def test_names_are_scored_and_compared(client: Client) -> None:
    scores = client.score(["Anna", "Brzk", "日"], compare=True)
    anna, odd, unknown = scores.scores
    assert anna.log_probability is not None
    assert anna.end is not None
    letters = [letter.log_probability or math.nan for letter in anna.letters]
    assert sum(letters) + anna.end == pytest.approx(anna.log_probability)
    assert anna.in_training_list
    assert not odd.in_training_list
    assert unknown.unknown_letters == ("日",)
    assert anna.sounds_like
    assert len(anna.sounds_like) == 5


def test_a_name_is_explained_letter_by_letter(client: Client) -> None:
    explanation = client.explain("Ann", model="us@0", temperature=0.5)
    assert [step.letter for step in explanation.steps] == [None, "a", "n", "n"]
    assert sum(letter.mixture for letter in explanation.steps[-1].next.values()) == pytest.approx(1, abs=1e-3)
    assert explanation.steps[0].hidden is not None
    assert "" in explanation.steps[0].next


def test_a_list_is_looked_over(client: Client) -> None:
    report = client.report(["Anna", "Berta", "anna", "1984", "Carla"])
    assert (report.names, report.distinct, report.duplicates) == (4, 3, 1)
    assert [(one.count, one.lines) for one in report.skipped] == [(1, (4,))]
    assert ("b", 1) in report.rare_letters
    assert report.lengths == ((4, 1), (5, 2))
    assert "few" in report.warnings[0].text


def test_models_are_listed_and_shown(client: Client) -> None:
    listed = client.models(language="Icelandic", kind="girls")
    assert [one.name for one in listed.models] == ["icelandic-girls"]
    assert "Latin" in listed.scripts
    shown = client.model("icelandic-girls@0")
    assert (shown.name, shown.champion, shown.history) == ("icelandic-girls", 0, ())
    assert shown.card["architecture"]


@pytest.mark.parametrize(
    ("ask", "status", "kind"),
    [
        (lambda client: client.sample(model="elves/../é"), 404, "/problems/unknown-model"),
        (lambda client: client.model("b c?#é"), 404, "/problems/unknown-model"),
        (lambda client: client.sample(start="é"), 422, "/problems/unknown-letter"),
        (lambda client: client.sample(count=0, temperature=-1), 422, "/problems/invalid-request"),
    ],
    ids=["model", "path", "letter", "fields"],
)
def test_a_refusal_is_one_exception_with_its_fields(client: Client, ask: Any, status: int, kind: str) -> None:
    with pytest.raises(Problem) as refused:
        ask(client)
    problem = refused.value
    assert (problem.status, problem.type) == (status, kind)
    assert problem.title
    assert problem.detail in str(problem)
    assert problem.request_id
    if kind.endswith("model"):
        assert "us" in problem.members["models"]
    if kind.endswith("letter"):
        assert "a" in problem.members["letters"]
    if kind.endswith("request"):
        assert {one.field for one in problem.errors} == {"count", "temperature"}


def test_a_refusal_of_another_server_is_one_too() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        with Client(url, transport=httpx.HTTPTransport()) as client, pytest.raises(Problem) as refused:
            client.models()
        server.shutdown()
    assert (refused.value.status, refused.value.type, refused.value.errors) == (501, "about:blank", ())
    assert refused.value.detail.startswith("<!DOCTYPE HTML>")
    assert len(refused.value.detail) <= 200


def test_without_the_token_the_admins_routes_are_refused(new_client: NewClient) -> None:
    with pytest.raises(Problem) as refused:
        new_client(token=None).train("elves")
    assert (refused.value.status, refused.value.type) == (401, "/problems/unauthorized")


def test_a_busy_service_is_asked_again_when_it_says_so_and_no_longer_than_wanted(new_client: NewClient) -> None:
    impatient, patient = new_client(retries=Retries(attempts=0)), new_client(retries=Retries(attempts=60))
    hasty = new_client(retries=Retries(most_seconds=0.5))
    answered = threading.Event()

    def ask() -> None:
        with patient.stream(1001, model="us-seed", decent=False) as other:
            assert len(list(other)) == 1001
        answered.set()

    asking = threading.Thread(target=ask, daemon=True)
    with impatient.stream(MANY, model="us-seed", unique=False, decent=False) as stream:
        names = iter(stream)  # kept, or the stream would end here
        assert next(names)
        for client in (impatient, hasty):
            with pytest.raises(Problem) as refused, client.stream(1001):
                pass
            assert (refused.value.status, refused.value.type) == (503, "/problems/over-capacity")
            assert (refused.value.retry_after_seconds or 0) >= 1
        asking.start()
        assert not answered.wait(0.2)
    assert answered.wait(120)


def test_a_training_is_waited_for_with_its_progress_and_serves_then(client: Client, request: Any) -> None:
    model = f"elves {request.node.callspec.id}"
    order = quick(model)
    training = client.train(**order)
    seen = [training.job]
    ended = training.wait(seen.append)
    assert ended.has_ended
    assert (ended.state, ended.version, ended.published, ended.request.source) == ("succeeded", 1, True, "names")
    assert ended == training.job == seen[-1]
    assert ended.report["names"] == 120
    assert client.training(ended.id).refresh().loss == ended.loss
    steps = [point.step for point in ended.loss.history]
    assert steps == sorted(set(steps))
    assert len(steps) > 3
    for before, after in pairwise(seen):  # nothing that was heard of is lost
        assert after.loss.history[: len(before.loss.history)] == before.loss.history
    assert client.sample(model=model).version == 1

    second = client.train(**order).wait()
    assert client.promote(model, 1).champion == 1
    assert second.version == 2
    client.delete_version(model, 2)
    client.withdraw(model)
    with pytest.raises(Problem, match="out of service"):
        client.sample(model=model)
    deleted = client.delete_model(model)
    assert (deleted.deleted, deleted.version) == ((1,), None)
    assert ended.id in [job.id for job in client.trainings("succeeded")]


def test_a_file_is_uploaded_and_its_training_cancelled(client: Client, names_file: Path) -> None:
    training = client.upload(names_file, "uploaded", steps=100_000, hidden=512, publish="never", parent="none")
    assert training.job.report["distinct"] == 36
    assert training.job.request.parent == "none"
    assert training.cancel().state == "cancelled"
    with pytest.raises(TrainingFailed, match="cancelled") as failed:
        training.wait()
    assert failed.value.job.id == training.job.id
    again = client.upload(names_file.read_bytes(), "uploaded", public_membership=True)
    assert again.job.request.public_membership
    again.cancel()


def test_a_training_is_followed_on_where_its_connection_is_cut(new_client: NewClient, service: Process) -> None:
    with TcpProxy(service.port) as proxy:
        client = new_client(proxy.port)
        training = client.train(**lasting(2, "cut"))
        cuts = 0

        def cut(_: object) -> None:
            nonlocal cuts
            if cuts < 2 and training.job.loss.history:
                cuts += 1
                proxy.cut()
                proxy.heal()

        ended = training.wait(cut)
    assert cuts == 2
    assert ended.state == "succeeded"
    assert new_client().training(ended.id).job.loss == ended.loss
