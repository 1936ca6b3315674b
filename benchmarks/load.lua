-- What wrk sends and what it says at the end, for load.py.
-- wrk ... -s load.lua ADDRESS -- PATHS SEED [KEY]: a random line of PATHS each time.

local paths, threads = {}, {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  statuses = {}
  math.randomseed(tonumber(args[2]))
  for line in io.lines(args[1]) do
    paths[#paths + 1] = line
  end
  if args[3] then
    wrk.headers["Authorization"] = "Bearer " .. args[3]
  end
end

function request()
  return wrk.format("GET", paths[math.random(#paths)])
end

function response(status)
  local name = tostring(status)
  statuses[name] = (statuses[name] or 0) + 1
end

function done(summary, latency, requests)
  local counted = {}
  for _, thread in ipairs(threads) do
    for name, number in pairs(thread:get("statuses")) do
      counted[name] = (counted[name] or 0) + number
    end
  end
  local parts = {}
  for name, number in pairs(counted) do
    parts[#parts + 1] = string.format('"%s": %d', name, number)
  end
  local errors = summary.errors
  io.write(string.format(
    'TOLD {"requests": %d, "seconds": %.3f, "a_second": %.1f, "median_ms": %.2f, "p95_ms": %.2f, '
      .. '"p99_ms": %.2f, "worst_ms": %.2f, "statuses": {%s}, "not_connected": %d, '
      .. '"broken_off": %d, "timed_out": %d}\n',
    summary.requests, summary.duration / 1e6, summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3,
    latency.max / 1e3, table.concat(parts, ", "), errors.connect, errors.read + errors.write,
    errors.timeout))
end
