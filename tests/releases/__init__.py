"""The database of the last release, small and with data in it: from there `bin/upgrade` leads to this version.

`<version>.sql.xz` is the demo of that version as `pg_dump` writes it, without what is summed up anew from the rest.
"""
