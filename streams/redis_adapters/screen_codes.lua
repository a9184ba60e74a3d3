-- The codes of pairing: one step of one code, so that each is used once, however many ask.
--
-- KEYS  1 codes: hash of code to JSON {claim, address, until_ms, state, screen, holder, lease}
-- ARGV  1 the step, then what it needs:
--   open     claim, address, lifetime_ms, most, most per address, candidates...
--            -> {code, ms it holds}, or {'', ms until another may be opened}
--   reserve  code, holder      -> {1} if it was open
--   free     code, holder      -> {1} if it was reserved by the holder; open again
--   pair     code, holder, screen, lifetime_ms  -> {1} if it was reserved by the holder
--   begin    claim, holder, lease_ms  -> {'yours', screen}, {state, ms it holds} or {'gone', 0}; only one holder at a
--            time is told 'yours', another once the lease has run out
--   finish   claim, holder     -> {1} if it was begun by the holder and not ended; the code is gone then
-- States: open, reserved (an admin pairs it), paired (its screen may claim), begun (a claim is being answered).
-- The time is the server's own.

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local step = ARGV[1]

local codes = {}
local held = redis.call('HGETALL', KEYS[1])
for at = 1, #held, 2 do
  local one = cjson.decode(held[at + 1])
  if one.until_ms > now then
    codes[held[at]] = one
  else
    redis.call('HDEL', KEYS[1], held[at])
  end
end

local function keep(code, one)
  redis.call('HSET', KEYS[1], code, cjson.encode(one))
  return {1}
end

if step == 'open' then
  local total, own, first, first_own = 0, 0, math.huge, math.huge
  for _, one in pairs(codes) do
    total, first = total + 1, math.min(first, one.until_ms)
    if one.address == ARGV[3] then
      own, first_own = own + 1, math.min(first_own, one.until_ms)
    end
  end
  if own >= tonumber(ARGV[6]) then
    return {'', first_own - now}
  end
  if total >= tonumber(ARGV[5]) then
    return {'', first - now}
  end
  for at = 7, #ARGV do
    if not codes[ARGV[at]] then
      local lifetime = tonumber(ARGV[4])
      keep(ARGV[at], {claim = ARGV[2], address = ARGV[3], until_ms = now + lifetime, state = 'open'})
      return {ARGV[at], lifetime}
    end
  end
  return {'', 1000}
end

if step == 'reserve' or step == 'free' or step == 'pair' then
  local code, one = ARGV[2], codes[ARGV[2]]
  if step == 'reserve' and one and one.state == 'open' then
    one.state, one.holder = 'reserved', ARGV[3]
    return keep(code, one)
  end
  if not one or one.state ~= 'reserved' or one.holder ~= ARGV[3] or step == 'reserve' then
    return {0}
  end
  if step == 'free' then
    one.state, one.holder = 'open', nil
  else
    one.state, one.screen = 'paired', ARGV[4]
    one.until_ms = math.max(one.until_ms, now + tonumber(ARGV[5]))
  end
  return keep(code, one)
end

for code, one in pairs(codes) do
  if one.claim == ARGV[2] then
    local free = one.state == 'paired' or (one.state == 'begun' and one.lease <= now)
    if step == 'begin' and free then
      one.state, one.holder, one.lease = 'begun', ARGV[3], now + tonumber(ARGV[4])
      keep(code, one)
      return {'yours', one.screen}
    end
    if step == 'finish' then
      if one.state ~= 'begun' or one.holder ~= ARGV[3] then
        return {0}
      end
      redis.call('HDEL', KEYS[1], code)
      return {1}
    end
    return {one.state, one.until_ms - now}
  end
end
if step == 'finish' then
  return {0}
end
return {'gone', 0}
