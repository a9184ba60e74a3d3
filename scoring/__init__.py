"""What the numbers mean: definitions, expressions, counters rolled up, scores and the board. No I/O, no clock."""
