"""The factory model: an invented manufacturing group, with a seeded generator of its events."""
