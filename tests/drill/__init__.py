"""Exercises on the whole topology: `bin/drill` starts `deploy/local/` and judges it by what clients were told."""
