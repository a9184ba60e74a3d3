"""From the log to the counters: sources, decoding, folding, and the stores behind them."""
