"""The review of a period (复盘): what came out, why, what was tried, and what to change."""
