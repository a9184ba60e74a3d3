-- The outbox: messages wait in lanes, one for each channel and recipient, and leave a lane in the order they came.
--
-- A lane is in the due list of its channel by when it may be tried next. Who takes a lane moves that into the future:
-- a sender that dies gives it back by time alone. Only the holder of a lane can end or move what it took.
--
-- KEYS  1 root: the keys are root:messages, root:known, root:lane:LANE, root:due:CHANNEL, root:heads, root:sent:CHANNEL,
--         root:paused, root:counts, root:log (see keys.py)
-- ARGV  1 the step, then what it needs:
--   add     kept_ms, then id and content of each message (JSON with channel, recipient and made_ms)
--           -> how many were new
--   take    channel, now_ms, holder, lease_ms, most a minute (0: any number), messages from which they are folded, most
--           -> {'lane', lane, tries, first_ms, content...}, {'wait', ms} or {'none', ms until the next lane or -1}
--   extend  channel, lane, holder, until_ms             -> {1} if it is held by the holder
--   end     channel, lane, holder, now_ms, outcome, kept, then field and value of a line of the log for each message
--           -> {1}; the messages that were taken leave the lane
--   again   channel, lane, holder, due_ms, outcome, kept, pause_ms (0: none), then lines as above
--           -> {1}; they stay at the head of the lane, and the channel sends nothing until pause_ms
-- A line of the log is: number of fields and values, fields and values.

local root, step = KEYS[1], ARGV[1]
local heads = root .. ':heads'

local function head_of(lane)
  local held = redis.call('HGET', heads, lane)
  return held and cjson.decode(held) or {holder = '', tries = 0, first_ms = 0, batch = 0}
end

local function write_log(kept, at)
  while at <= #ARGV do
    local count = tonumber(ARGV[at])
    redis.call('XADD', root .. ':log', 'MAXLEN', '~', kept, '*', unpack(ARGV, at + 1, at + count))
    at = at + count + 1
  end
end

if step == 'add' then
  local new = 0
  for at = 3, #ARGV, 2 do
    local id, content = ARGV[at], ARGV[at + 1]
    local message = cjson.decode(content)
    local lane = message.channel .. '|' .. message.recipient
    if redis.call('ZADD', root .. ':known', 'NX', message.made_ms, id) == 1 then
      redis.call('ZREMRANGEBYSCORE', root .. ':known', '-inf', message.made_ms - tonumber(ARGV[2]))
      redis.call('HSET', root .. ':messages', id, content)
      redis.call('RPUSH', root .. ':lane:' .. lane, id)
      redis.call('ZADD', root .. ':due:' .. message.channel, 'NX', message.made_ms, lane)
      new = new + 1
    end
  end
  return new
end

local channel, due = ARGV[2], root .. ':due:' .. ARGV[2]

if step == 'take' then
  local now, lease, rate = tonumber(ARGV[3]), tonumber(ARGV[5]), tonumber(ARGV[6])
  local found = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')
  if #found == 0 then
    return {'none', -1}
  end
  local ready_ms = math.max(tonumber(found[2]), tonumber(redis.call('HGET', root .. ':paused', channel) or '0'))
  if ready_ms > now then
    return {'none', ready_ms - now}
  end
  local sent = root .. ':sent:' .. channel
  if rate > 0 then
    local oldest = tonumber(redis.call('LINDEX', sent, rate - 1) or '-60000')
    if oldest + 60000 > now and oldest <= now then
      return {'wait', oldest + 60000 - now}
    end
    redis.call('LPUSH', sent, now)
    redis.call('LTRIM', sent, 0, rate - 1)
    redis.call('PEXPIRE', sent, 120000)
  end
  local lane = found[1]
  local list, head = root .. ':lane:' .. lane, head_of(lane)
  if head.batch == 0 then
    local waiting = redis.call('LLEN', list)
    local fold = tonumber(ARGV[7])
    head.batch = (fold > 0 and waiting >= fold) and math.min(waiting, tonumber(ARGV[8])) or 1
    head.first_ms = now
  end
  head.holder = ARGV[4]
  redis.call('HSET', heads, lane, cjson.encode(head))
  redis.call('ZADD', due, now + lease, lane)
  local reply = {'lane', lane, head.tries, string.format('%.0f', head.first_ms)}
  for _, id in ipairs(redis.call('LRANGE', list, 0, head.batch - 1)) do
    table.insert(reply, redis.call('HGET', root .. ':messages', id) or '')
  end
  return reply
end

local lane, head = ARGV[3], head_of(ARGV[3])
if head.holder ~= ARGV[4] then
  return {0}
end
if step == 'extend' then
  redis.call('ZADD', due, ARGV[5], lane)
  return {1}
end

redis.call('HINCRBY', root .. ':counts', channel .. '|' .. ARGV[6], head.batch)
if step == 'again' then
  head.holder, head.tries = '', head.tries + 1
  redis.call('HSET', heads, lane, cjson.encode(head))
  redis.call('ZADD', due, ARGV[5], lane)
  if tonumber(ARGV[8]) > 0 then
    redis.call('HSET', root .. ':paused', channel, ARGV[8])
  end
  write_log(ARGV[7], 9)
  return {1}
end

local list = root .. ':lane:' .. lane
for _ = 1, head.batch do
  local id = redis.call('LPOP', list)
  if id then
    redis.call('HDEL', root .. ':messages', id)
  end
end
redis.call('HDEL', heads, lane)
local following = redis.call('LINDEX', list, 0)
if following then
  -- At once, and before what was made later.
  local message = redis.call('HGET', root .. ':messages', following)
  redis.call('ZADD', due, message and cjson.decode(message).made_ms or ARGV[5], lane)
else
  redis.call('ZREM', due, lane)
end
write_log(ARGV[7], 8)
return {1}
