"""Example models: a folder of YAML each, with the data or the generator that brings it to life."""
