-- Put an applied model in force, or make it next; the application with the highest number wins, whatever comes first.
--
-- KEYS  1 model, 2 next, 3 generations
-- ARGV  1 number, 2 generation, 3 applied_ms, then the fields of the hash as name, value, name, value...
-- Returns `known` when this application or a newer one is here already, `in force`, or `next` when the model counts
-- otherwise than the one in force, whose counters go on until the new ones are filled.

local number = tonumber(ARGV[1])
local held = tonumber(redis.call('HGET', KEYS[1], 'number') or '0')
local coming = tonumber(redis.call('HGET', KEYS[2], 'number') or '0')
if number <= held or number <= coming then
  return 'known'
end

local fields = {}
for at = 4, #ARGV do
  fields[at - 3] = ARGV[at]
end

redis.call('ZADD', KEYS[3], ARGV[3], ARGV[2])
redis.call('DEL', KEYS[2])
local generation = redis.call('HGET', KEYS[1], 'generation')
if generation and generation ~= ARGV[2] then
  redis.call('HSET', KEYS[2], unpack(fields))
  return 'next'
end
local former = redis.call('HGET', KEYS[1], 'former') or ''
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], unpack(fields))
redis.call('HSET', KEYS[1], 'former', former)
return 'in force'
