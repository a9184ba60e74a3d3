"""Stand-ups: the agenda that makes itself, the meeting as it runs, and its minutes."""
