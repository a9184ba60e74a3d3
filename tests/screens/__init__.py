"""Screens: what they show, pairing and the fleet."""
