"""Attackers: who may see what is tried from outside, with everything that a browser or a program could send."""
