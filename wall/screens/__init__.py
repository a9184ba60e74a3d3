"""Screens: pairing, the fleet, and what each shows."""
