"""Tiles: each is a function, view in, Dash component out."""
