"""Decoding and folding, without any server."""
