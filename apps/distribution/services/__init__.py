"""Writes of delivery: each act one keyword-only function."""
