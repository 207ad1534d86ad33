"""What is exported of a pivot page."""
