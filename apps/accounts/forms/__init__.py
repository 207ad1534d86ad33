"""Forms of accounts: what people type, checked and explained."""
