"""更正 in demand rounds: what stands on an item's price and pack, and what becomes of it."""
