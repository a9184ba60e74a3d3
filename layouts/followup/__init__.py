"""Notes and actions on pages."""
