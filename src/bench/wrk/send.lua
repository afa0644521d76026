-- Sends the complete requests of a file one after the other, and at the end prints wrk's counters as JSON.
-- The file: each request after a line with its length in bytes. Ids, a # and 15 digits, are replaced by new ones.
local requests = {}
local next = 0
local hasIds = false
local id = 0
local begin = ""

function setup(thread)
  threads = (threads or 0) + 1
  thread:set("number", threads)
end

function init(args)
  local file = assert(io.open(args[1], "rb"))
  local length = file:read("*n")
  while length do
    file:read(1)
    requests[#requests + 1] = file:read(length)
    length = file:read("*n")
  end
  file:close()
  hasIds = requests[1]:find("#%d") ~= nil
  -- Threads begin at different requests.
  next = math.random(#requests)
  -- Other ids in each thread and each run.
  begin = string.format("#%06d%d", os.time() % 1000000, number % 10)
end

local function newId()
  id = id + 1
  return string.format("%s%08d", begin, id)
end

function request()
  next = next % #requests + 1
  return hasIds and requests[next]:gsub("#%d+", newId) or requests[next]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"micros":%d,"statuses":%d,"broken":%d,"p50":%d,"p99":%d,"p999":%d}\n',
    summary.requests, summary.duration, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
