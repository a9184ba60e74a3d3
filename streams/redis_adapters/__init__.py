"""The only package that imports redis: counters, the embedded log, boards and models, each behind plain functions."""
