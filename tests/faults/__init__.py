"""Faults: what must stay true when processes and servers are killed."""
