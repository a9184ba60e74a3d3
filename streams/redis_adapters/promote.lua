-- Put the next model in force, if what is in force and what is next are what the caller looked at.
--
-- KEYS  1 model, 2 next, 3 generations
-- ARGV  1 number of the model in force, 2 number of the next one
-- Returns 1 when done, 0 when either is another one now and nothing was done.

if redis.call('EXISTS', KEYS[2]) == 0
  or (redis.call('HGET', KEYS[1], 'number') or '0') ~= ARGV[1]
  or redis.call('HGET', KEYS[2], 'number') ~= ARGV[2] then
  return 0
end
local former = redis.call('HGET', KEYS[1], 'generation')
redis.call('ZADD', KEYS[3], redis.call('HGET', KEYS[2], 'applied_ms'), redis.call('HGET', KEYS[2], 'generation'))
redis.call('RENAME', KEYS[2], KEYS[1])
redis.call('HSET', KEYS[1], 'former', former)
return 1
