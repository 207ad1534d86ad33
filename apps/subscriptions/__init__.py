"""Events out: webhooks, mail and short messages of what happens to a unit (docs/events.md)."""
