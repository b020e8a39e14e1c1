-- Requests of wrk, and what it measured as one line of JSON. The arguments after -- are the paths, asked for in turn;
-- SEED in a path becomes another number each time.
local paths, asked = {}, 0

function init(arguments)
  for i = 1, #arguments do paths[i] = arguments[i] end
  math.randomseed(os.time())
end

function request()
  asked = asked + 1
  local path = paths[asked % #paths + 1]:gsub("SEED", function() return math.random(1, 1000000000) end)
  return wrk.format("GET", path)
end

function done(summary, latency)
  io.write(string.format(
    '{"requests": %d, "microseconds": %d, "refused": %d, "failed": %d, "p50": %d, "p99": %d}\n',
    summary.requests, summary.duration, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
