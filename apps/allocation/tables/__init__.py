"""Tables of the allocation pages."""
