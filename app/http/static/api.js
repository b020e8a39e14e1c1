// Client of the namewright API for browsers, Deno and Node (18 or newer); the page itself uses it, and so may you:
//
//   import { Namewright } from "https://names.example/assets/api.js";
//   const api = new Namewright("https://names.example");
//   const { names } = await api.sample({ model: "icelandic-girls", count: 5, seed: "7" });
//
// Every refusal is an `ApiError`. A service that is busy (503 with Retry-After) is asked again, a few times. Each method
// takes `{ signal }` of an AbortController. Another origin than the page's has to be allowed in NAMEWRIGHT_CORS_ORIGINS.

import { eventsOf, linesOf } from "./streams.js";

const ENDED = new Set(["succeeded", "failed", "cancelled"]);

/** A refusal, with the members of its application/problem+json: `title`, `detail`, `errors` and others in `body`. */
export class ApiError extends Error {
  constructor(status, body, retryAfter = null) {
    super(body.detail ?? body.title ?? `the service answered with status ${status}`);
    this.name = "ApiError";
    Object.assign(this, { status, body, retryAfter, type: body.type ?? "", title: body.title ?? "" });
    this.errors = body.errors ?? []; // [{ field, message }]
  }
}

/** The API at an address; `token` is the admin's, `retries` how often a busy service is asked again. */
export class Namewright {
  constructor(base = ".", { token = null, retries = 3, longestWait = 20 } = {}) {
    Object.assign(this, { token, retries, longestWait });
    this.base = String(base).replace(/\/$/, "");
  }

  /** Names: an object with `names`, and the other members of the answer of POST /sample. */
  sample(fields = {}, options) { return this.json("/sample", { ...options, body: fields }); }

  /** How probable names are, letter by letter. */
  score(names, fields = {}, options) { return this.json("/score", { ...options, body: { ...fields, names } }); }

  /** How a model reads a prefix: its states, and the odds of each next letter. */
  explain(fields = {}, options) { return this.json("/explain", { ...options, body: fields }); }

  /** What a list of names holds, and what is wrong with it, as a training would say. */
  report(names, options) { return this.json("/report", { ...options, body: { names } }); }

  /** The models in service; `filter` has language, kind or script. */
  models(filter = {}, options) { return this.json(`/models${queryOf(filter)}`, options); }

  /** One model and its card. */
  model(name, options) { return this.json(`/models/${encodeURIComponent(name)}`, options); }

  /** Names of a seed, page by page, without end or up to `limit`: `for await (const name of api.pages({ seed: "7" }))`. */
  async *pages(fields, { limit = Infinity, size = 100, ...options } = {}) {
    for (let offset = fields.offset ?? 0, left = limit; left > 0; offset += size, left -= size) {
      const count = Math.min(size, left);
      const answer = await this.sample({ ...fields, offset, count }, options);
      yield* answer.names;
      if (answer.names.length < count) return;
    }
  }

  /** Up to 100,000 names as they are drawn; what is known only at the end is passed to `onEnd`. */
  async *stream(fields, { onEnd, ...options } = {}) {
    const answer = await this.request("/sample", { ...options, body: { ...fields, format: "ndjson" } });
    for await (const line of linesOf(answer.body)) {
      const one = JSON.parse(line);
      if (one.end) onEnd?.(one.end);
      else yield one;
    }
  }

  /** Train a model (admin): the job. `key` makes a repetition harmless. */
  train(fields, { key, ...options } = {}) {
    return this.json("/train", { ...options, body: fields, headers: key ? { "Idempotency-Key": key } : {} });
  }

  /** Train a model on a file (admin): the job. `form` is a FormData with `model`, `file` and what else there is to say. */
  upload(form, options) { return this.json("/train/upload", { ...options, form }); }

  /** A job as it is (admin). */
  job(id, options) { return this.json(`/train/${id}`, options); }

  /** End a job (admin). */
  cancel(id, options) { return this.json(`/train/${id}/cancel`, { ...options, method: "POST" }); }

  /** Follow a job (admin) to its end: `{ event, data }`, where `state` has the whole job and `progress` what is new. */
  async *events(id, options = {}) {
    for (let last = "", failures = 0; ; ) {
      try {
        const headers = last ? { "Last-Event-ID": last } : {};
        const answer = await this.request(`/train/${id}/events`, { ...options, headers });
        if (answer.status === 204) return;
        let hasEnded = false;
        for await (const one of eventsOf(answer.body)) {
          [last, failures] = [one.id || last, 0];
          const data = JSON.parse(one.data);
          yield { event: one.event, data };
          hasEnded = one.event === "state" && ENDED.has(data.state);
        }
        if (hasEnded) return;
      } catch (error) {
        if (error instanceof ApiError || options.signal?.aborted || ++failures > this.retries) throw error;
      }
      await pause(1, options.signal); // the connection was cut, or the service started again: go on after the last event
    }
  }

  /** The answer of a path as JSON. */
  async json(path, options) {
    return (await this.request(path, options)).json();
  }

  /** The answer of a path; `body` is sent as JSON, `form` as it is, both by POST. Refusals are thrown. */
  async request(path, { body, form, method = body || form ? "POST" : "GET", headers = {}, signal } = {}) {
    const sent = { ...headers, ...(body && { "Content-Type": "application/json" }) };
    if (this.token) sent.Authorization = `Bearer ${this.token}`;
    for (let attempt = 0; ; attempt++) {
      const answer = await fetch(this.base + path, { method, headers: sent, body: form ?? (body && JSON.stringify(body)), signal });
      if (answer.ok) return answer;
      const error = await errorOf(answer);
      if (error.status !== 503 || error.retryAfter === null || attempt >= this.retries) throw error;
      await pause(Math.min(error.retryAfter, this.longestWait), signal);
    }
  }
}

async function errorOf(answer) {
  const isProblem = /^application\/(problem\+)?json/.test(answer.headers.get("Content-Type") ?? "");
  const body = isProblem ? await answer.json() : { title: answer.statusText };
  const seconds = Number.parseFloat(answer.headers.get("Retry-After"));
  return new ApiError(answer.status, body, Number.isNaN(seconds) ? null : seconds);
}

function queryOf(fields) {
  const query = new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== "" && value != null)).toString();
  return query && `?${query}`;
}

function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => { clearTimeout(timer); reject(signal.reason); };
    const timer = setTimeout(() => { signal?.removeEventListener("abort", stop); resolve(); }, seconds * 1000);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
