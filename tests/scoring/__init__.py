"""Scores, calendar, expressions and counters against vectors, brute force and each other."""
