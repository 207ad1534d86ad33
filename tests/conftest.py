"""What every test has: strict sessions (`strictness`), the checklist's count (`covers`), a browser on demand and the
static files that it asks for (`browser`, `serving`); the loaded demo (`loaded_demo`); how workers share the tests
(`sharing`), as whom they run (`running`), how those that commit are tidied up after (`emptying`), who gets a
`second_run`.
"""

pytest_plugins = [
    "tests.running",
    "tests.strictness",
    "tests.covers",
    "tests.browser",
    "tests.serving",
    "tests.second_run",
    "tests.cast",
    "tests.sharing",
    "tests.emptying",
    "tests.loaded_demo",
]
