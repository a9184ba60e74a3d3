"""The review of a period on pages."""
