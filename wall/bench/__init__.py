"""The benchmark: ratios to the bare parts, measured in one run."""
