"""Every write to accounts. Invariant: the log entry is written in the transaction of the act, and never a secret."""
