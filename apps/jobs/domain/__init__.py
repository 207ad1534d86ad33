"""What is done about jobs beside running them."""
