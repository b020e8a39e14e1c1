// Bodies of answers that come in pieces, as async iterators: lines, and server-sent events.

/** The lines of a body, without their ends; what follows the last end is a line too, unless it is empty. */
export async function* linesOf(body) {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of chunksOf(body)) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop();
    for (const line of lines) yield line.endsWith("\r") ? line.slice(0, -1) : line;
  }
  if (rest) yield rest;
}

/** The server-sent events of a body: `{ event, data, id }`. An EventSource would do, if it could send a token. */
export async function* eventsOf(body) {
  let fields = {};
  for await (const line of linesOf(body)) {
    if (line) {
      const [, name, value] = /^([^:]*):? ?(.*)$/s.exec(line);
      fields[name] = name === "data" && fields.data !== undefined ? `${fields.data}\n${value}` : value;
    } else {
      if (fields.data !== undefined) yield { event: fields.event ?? "message", data: fields.data, id: fields.id ?? "" };
      fields = {};
    }
  }
}

async function* chunksOf(body) {
  const reader = body.getReader();
  let hasEnded = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      hasEnded = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!hasEnded) await reader.cancel().catch(() => {}); // an iteration that is left early ends the request
  }
}
