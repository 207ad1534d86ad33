"""What the server says of itself, and how it is asked to be considerate."""
