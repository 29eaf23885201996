"""Longer exercises for two: read, speak, listen, write, choose and rate step by step, in step with each other."""
