"""Every write to the tree and the enterprises. Invariant: a unit is never moved or deleted, only shut."""
