"""Alerts of a running site: evaluated beside the scorer, told to whom they concern, handled by people."""
