"""代为填报: the province fills in for its institutions by Excel (S2-07, S2-10)."""
