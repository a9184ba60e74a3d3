"""Alerts: rules as data, what they read of a board, and the states they go through; pure, with time as a parameter."""
