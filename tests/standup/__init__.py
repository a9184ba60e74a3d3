"""Tests of standup."""
