"""What a rehearsal refuses, in sentences."""


class RehearsalRefused(Exception):
    """The act was not done."""
