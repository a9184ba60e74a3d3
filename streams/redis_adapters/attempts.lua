-- Counts attempts and makes whoever fails again and again wait longer and longer; an attempt counts before it is made,
-- so that many at once are no way around.
--
-- KEYS  hashes {count, free_ms}: one for each name that the attempt is counted under
-- ARGV  now_ms, ms to keep, then for each key: attempts that are free, the first wait after these in ms, the longest
-- -> 0 if the attempt may be made (it is counted then), else how many ms to wait (nothing is counted)

local now, keep = tonumber(ARGV[1]), tonumber(ARGV[2])
local wait = 0
for at = 1, #KEYS do
  local free = tonumber(redis.call('HGET', KEYS[at], 'free_ms') or '0')
  wait = math.max(wait, free - now)
end
if wait > 0 then
  return wait
end
for at = 1, #KEYS do
  local base = 3 * (at - 1)
  local without, first, most = tonumber(ARGV[base + 3]), tonumber(ARGV[base + 4]), tonumber(ARGV[base + 5])
  local count = redis.call('HINCRBY', KEYS[at], 'count', 1)
  if count >= without then
    local delay = math.min(most, first * 2 ^ math.min(count - without, 30))
    redis.call('HSET', KEYS[at], 'free_ms', string.format('%.0f', now + delay))
  end
  redis.call('PEXPIRE', KEYS[at], keep)
end
return 0
