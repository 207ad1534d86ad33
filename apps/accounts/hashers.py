"""How passwords are hashed. Invariant: a hash costs about 20 ms and 19 MB: 5,000 accounts take minutes, not hours."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id with OWASP's second parameter set (m = 19 MiB, t = 2, p = 1)."""

    memory_cost = 19_456
    time_cost = 2
    parallelism = 1
