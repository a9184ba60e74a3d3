"""The stand-up on pages: the running meeting, its minutes, the history of meetings."""
