"""更正 in allocations: what stands on a product's terms or an item's daily usage, and what becomes of it."""
