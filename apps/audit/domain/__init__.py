"""What is written down of acts, and what was before a person's eyes when they acted."""
