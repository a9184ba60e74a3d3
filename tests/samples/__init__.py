"""Tests of the shipped models and their events, and the oracles that other tests compare with."""
