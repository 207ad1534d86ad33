"""What every test has: strict sessions (`strictness`), the checklist's count (`covers`), a browser on demand."""

pytest_plugins = ["tests.strictness", "tests.covers", "tests.browser", "tests.cast"]
