"""`api.js` as somebody else would use it: a client of the API in a browser, against a real service."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route

from tests.support.trainings import TOKEN, quick

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("browser_errors")]


def run(page: Page, address: str, work: str, **given: Any) -> Any:
    """Run a script's body with `api` and what is given, in a page of the service."""
    if not page.url.startswith(address):
        page.goto(f"{address}/?count=1")  # any page whose policy lets modules of the service run
    return page.evaluate(
        f"""async (given) => {{
            const {{ Namewright, ApiError }} = await import("/assets/api.js");
            const api = new Namewright("", given.options);
            {work}
        }}""",
        given,
    )


def test_names_scores_and_models(page: Page, address: str) -> None:
    found = run(
        page,
        address,
        """const { names } = await api.sample({ model: "us", count: 5, seed: "7" });
        const { scores } = await api.score(names);
        const { models } = await api.models({ language: "Icelandic", kind: "girls" });
        const model = await api.model("icelandic-girls");
        const namesOf = (all) => all.map((one) => one.name);
        return { names, scored: namesOf(scores), models: namesOf(models), model: model.name };""",
    )
    assert len(found["names"]) == 5
    assert found["scored"] == found["names"]
    assert found["models"] == ["icelandic-girls"]
    assert found["model"] == "icelandic-girls"


def test_a_refusal_is_an_error_with_its_fields(page: Page, address: str) -> None:
    error = run(
        page,
        address,
        """try { await api.sample({ count: 0 }) } catch (error) {
            return { isOne: error instanceof ApiError, status: error.status, type: error.type, errors: error.errors,
                     message: error.message, title: error.title };
        }""",
    )
    assert (error["isOne"], error["status"], error["type"]) == (True, 422, "/problems/invalid-request")
    assert [one["field"] for one in error["errors"]] == ["count"]
    assert "count" in error["message"]


def test_pages_and_streams_are_iterated(page: Page, address: str) -> None:
    found = run(
        page,
        address,
        """const [paged, streamed] = [[], []];
        for await (const name of api.pages({ seed: "p" }, { limit: 25, size: 10 })) paged.push(name);
        let end = null;
        for await (const one of api.stream({ seed: "p", count: 1500 }, { onEnd: (given) => { end = given } })) {
            streamed.push(one.name);
        }
        for await (const one of api.stream({ count: 50000 })) { if (one) break; }
        return { paged, streamed, end };""",
    )
    assert len(set(found["paged"])) == 25
    assert found["streamed"][:25] == found["paged"]
    assert len(found["streamed"]) == 1500
    assert found["end"]["shortfall"] is None


def test_a_busy_service_is_asked_again_when_it_says(page: Page, address: str) -> None:
    refusals = 2

    def answer(route: Route) -> None:
        nonlocal refusals
        if not refusals:
            route.continue_()
            return
        refusals -= 1
        route.fulfill(
            status=503,
            headers={"Retry-After": "0", "Content-Type": "application/problem+json"},
            json={"type": "/problems/over-capacity", "title": "The service is busy", "detail": "later"},
        )

    page.route("**/sample", answer)
    assert len(run(page, address, "return (await api.sample({ count: 3 })).names")) == 3
    refusals = 5
    work = "return await api.sample({}).catch((error) => [error.status, error.retryAfter])"
    assert run(page, address, work, options={"retries": 1}) == [503, 0]
    refusals = 5
    aborted = """const stop = new AbortController();
        setTimeout(() => stop.abort(), 100);
        return await api.sample({}, { signal: stop.signal }).catch((error) => error.name)"""
    page.unroute("**/sample")
    page.route(
        "**/sample",
        lambda route: route.fulfill(status=503, headers={"Retry-After": "30"}, body="nginx says no"),
    )
    assert run(page, address, aborted) == "AbortError"


def test_a_training_is_followed_to_its_end_and_goes_on_where_the_connection_was_cut(page: Page, address: str) -> None:
    cut = True

    def answer(route: Route) -> None:
        nonlocal cut
        if cut:
            cut = False
            data = 'data: {"state": "queued",\ndata: "loss": {"history": []}}'
            body = f"id: 0-0-queued\nevent: state\n{data}\n\n: still here\n\n"
            route.fulfill(body=body, headers={"Content-Type": "text/event-stream"})
        else:
            route.continue_()

    page.route("**/events", answer)
    found = run(
        page,
        address,
        """const job = await api.train(given.order, { key: crypto.randomUUID() });
        const [states, points] = [[], []];
        for await (const { event, data } of api.events(job.id)) {
            if (event === "state") states.push(data.state);
            points.push(...data.loss.history);
        }
        const ended = await api.job(job.id);
        const late = [];
        for await (const { event, data } of api.events(job.id)) if (event === "state") late.push(data.state);
        const refused = await api.cancel(job.id).catch((error) => error.type);
        return { states, points: points.length, state: ended.state, late, refused };""",
        order=quick("page-client"),
        options={"token": TOKEN},
    )
    assert found["states"][0] == "queued"
    assert found["states"][-1] == found["state"] == "succeeded"
    assert found["late"] == ["succeeded"]
    assert found["refused"] == "/problems/job-ended"
