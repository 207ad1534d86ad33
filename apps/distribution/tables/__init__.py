"""Tables of delivery, by what they list."""
