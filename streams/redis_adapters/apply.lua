-- Apply one batch: increments, ids, dead letters and the next position, all or nothing.
--
-- KEYS  1 state, 2 days, 3 moved, 4 dead, 5 idbuckets, then one per group of increments (ARGV 5, same order),
--       then one per bucket of new ids, then one per bucket to forget
-- ARGV  1 expected position, 2 next position, 3 state fields (msgpack: name -> value),
--       4 counts to add (msgpack: name -> amount), 5 groups (msgpack: list of {day, operation, {counter: amount}}),
--       6 buckets of new ids (msgpack: list of {bucket, ids as JSON text}; cmsgpack knows no binary), 7 buckets to forget (msgpack: list),
--       8 dead letters (msgpack: list of flat field-value lists), 9 length of the moved stream, 10 of dead letters
-- Returns 1 when applied, or the stored position when it is not the expected one and nothing was done.
--
-- Amounts beyond 2^53 come as text, so that Lua's doubles never round them.

local stored = redis.call('HGET', KEYS[1], 'position') or ''
if stored ~= ARGV[1] then
  return stored
end

local function text_of(amount)
  if type(amount) == 'number' then
    return string.format('%.0f', amount)
  end
  return amount
end

local function newer(one, other)
  local ms1, value1 = string.match(one, '^(-?%d+):(-?%d+)$')
  local ms2, value2 = string.match(other, '^(-?%d+):(-?%d+)$')
  if ms1 ~= ms2 then
    return tonumber(ms1) > tonumber(ms2)
  end
  return tonumber(value1) > tonumber(value2)
end

-- By bytes: Lua's own comparison follows the locale of the server.
local function greater(one, other)
  for at = 1, math.min(#one, #other) do
    local byte1, byte2 = string.byte(one, at), string.byte(other, at)
    if byte1 ~= byte2 then
      return byte1 > byte2
    end
  end
  return #one > #other
end

local function newer_row(one, other)
  local ms1, rank1, payload1 = string.match(one, '^(-?%d+):(-?%d+):(.*)$')
  local ms2, rank2, payload2 = string.match(other, '^(-?%d+):(-?%d+):(.*)$')
  if ms1 ~= ms2 then
    return tonumber(ms1) > tonumber(ms2)
  end
  if rank1 ~= rank2 then
    return tonumber(rank1) > tonumber(rank2)
  end
  return greater(payload1, payload2)
end

local wins = {
  min = function(new, old) return tonumber(new) < tonumber(old) end,
  max = function(new, old) return tonumber(new) > tonumber(old) end,
  last = newer,
  row = newer_row,
}

-- All arguments are read before anything is written: a script that fails half way is not rolled back.
local state = cmsgpack.unpack(ARGV[3])
local counts = cmsgpack.unpack(ARGV[4])
local groups = cmsgpack.unpack(ARGV[5])
local new_ids = cmsgpack.unpack(ARGV[6])
local forget = cmsgpack.unpack(ARGV[7])
local letters = cmsgpack.unpack(ARGV[8])

local at = 5
for _, group in ipairs(groups) do
  at = at + 1
  local key, operation = KEYS[at], group[2]
  redis.call('SADD', KEYS[2], group[1] .. ':' .. operation)
  for counter, amount in pairs(group[3]) do
    local new = text_of(amount)
    if operation == 'add' then
      redis.call('HINCRBY', key, counter, new)
    else
      local old = redis.call('HGET', key, counter)
      if not old or wins[operation](new, old) then
        redis.call('HSET', key, counter, new)
      end
    end
  end
end

for _, bucket in ipairs(new_ids) do
  at = at + 1
  redis.call('RPUSH', KEYS[at], bucket[2])
  redis.call('SADD', KEYS[5], bucket[1])
end

for _, bucket in ipairs(forget) do
  at = at + 1
  redis.call('DEL', KEYS[at])
  redis.call('SREM', KEYS[5], bucket)
end

for _, letter in ipairs(letters) do
  redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[10], '*', unpack(letter))
end

for name, amount in pairs(counts) do
  redis.call('HINCRBY', KEYS[1], name, text_of(amount))
end
for name, value in pairs(state) do
  redis.call('HSET', KEYS[1], name, text_of(value))
end
redis.call('HSET', KEYS[1], 'position', ARGV[2])
redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[9], '*', 'from', ARGV[1], 'to', ARGV[2], 'groups', ARGV[5])
return 1
