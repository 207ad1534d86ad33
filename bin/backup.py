"""Backs up what DATABASE_URL, MEDIA_ROOT and AUDIT_DIR name, by default the embedded server and `var/`: `bin/backup`.

Where a role of its own owns the tables, DATABASE_OWNER_URL names it. Where it goes and how many are kept: BACKUP_DIR,
BACKUP_KEEP. Nobody has to stop working.
"""

import sys

from bin.restoring import manage


def main() -> int:
    return manage({}, "backup", *sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
