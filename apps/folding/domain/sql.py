"""The database's twin of `folding.folded`: the same tables, written as one immutable function.

Not STRICT: such a function is never inlined, and a call costs more than what it does. Every letter's lower case is
known to a collation of PostgreSQL 18, to ICU's on older servers. Changing a table in `folding.py` asks for a
migration that makes the function anew and rewrites the stored columns.
"""

from .folding import ALIKE_FROM, ALIKE_TO, IDEOGRAPHS, RADICALS, RETURN, SPACES, UNSEEN

# Most texts hold no radical, and that table is long.
WITHOUT_RADICALS = f"""
CASE WHEN written COLLATE "C" ~ '[{RADICALS[0]}-{RADICALS[-1]}]'
    THEN translate(written, '{RADICALS}', '{IDEOGRAPHS}')
    ELSE written
END
"""
FULL_CASE_SINCE = 18_00_00
"""The server's version number that brought `pg_unicode_fast`."""


def create_folded(version: int) -> str:
    """For a server of that version number."""
    collation = "pg_unicode_fast" if version >= FULL_CASE_SINCE else '"und-x-icu"'
    return _FOLDED.replace("pg_unicode_fast", collation)


_FOLDED = f"""
CREATE OR REPLACE FUNCTION folded(written text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN written COLLATE "C" ~ '^[0-9A-Za-z]*$' THEN lower(written COLLATE pg_unicode_fast)
    ELSE translate(lower(normalize(translate(
        regexp_replace(
            normalize({WITHOUT_RADICALS}, NFKC), '[{UNSEEN}{SPACES}]|{RETURN}', '', 'g'
        ),
        '{ALIKE_FROM}', '{ALIKE_TO}'
    ), NFKC) COLLATE pg_unicode_fast), 'ς', 'σ')
END
"""
DROP_FOLDED = "DROP FUNCTION folded(text)"
