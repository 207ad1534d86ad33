"""Pieces of the benchmark `exchange`. No benchmark itself: `bin/bench` runs the modules beside this folder."""
