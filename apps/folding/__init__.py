"""One form of what people write: what is stored, and what two texts are compared by."""
