"""更正: what may be put right in a published project, what differs, and how it is written. Knows no filing."""
