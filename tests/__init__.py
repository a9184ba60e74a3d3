"""Tests, by what they hold."""
