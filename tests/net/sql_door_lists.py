"""Who may do what the door to SQL forbids everybody else. Modules are named without rooms (`sql_door.module_of`).

A line more is a decision: it comes with its reason, and with the review that the reason deserves.
"""

from .sql_door import Allowed

TRIPS: dict[str, set[str]] = {
    "accounts/handovers/standing_in": {"Prepared"},
    "accounts/session_store": {"Prepared", "Update", "send"},
    "administration/changes/standing": {"Prepared"},
    "allocation/detail": {"Among", "Prepared"},
    "allocation/slots/candidates": {"send"},
    "allocation/slots/capacity": {"Ask", "send_last"},
    "allocation/slots/editing": {"Ask", "Prepared"},
    "allocation/reads": {"Prepared", "send"},
    "allocation/slots/saving": {"Ask", "send"},
    "audit/services": {"Ask", "Insert", "send"},
    "notices/announcing": {"Alike", "Insert", "send"},
    "notices/messages": {"Alike", "Insert", "send"},
    "notices/reading": {"Ask", "Prepared", "send"},
    "portal/todos": {"Ask", "Prepared", "send"},
    "projects/windows/timings": {"Among", "Ask", "Prepared"},
    "reporting/entry_page": {"Prepared"},
    "reporting/sheet/last_batch": {"Prepared"},
    "reporting/sheet/saving": {"Upsert", "send", "send_last"},
    "reporting/sheet/rows": {"Among", "Ask", "Prepared", "send"},
    "review/filings": {"Prepared"},
    "review/filters": {"Prepared"},
    "review/returns/reasons": {"Prepared"},
    "review/checklist": {"Prepared"},
    "review/checks": {"Ask"},
    "review/bureau_page": {"Prepared"},
    "review/events": {"Among", "Insert", "Prepared", "send"},
    "review/holding": {"Ask"},
    "review/kinds": {"Ask"},
    "review/locks": {"Among", "Ask", "Prepared", "send"},
    "review/models/filing": {"Among"},
    "review/performing": {"Ask", "Update", "one_trip", "send", "send_last"},
    "review/reads": {"Among", "Prepared"},
    "review/standing": {"Ask", "Prepared"},
    "review/filing_page": {"Ask", "Prepared", "send"},
}
"""The few reads and writes that every request or every save makes (docs/decisions/0002): no more of them."""

CONNECTIONS = {
    "config/health": "asks whether the database answers",
    "config/postgresql/base": "waits for the server without blocking other threads",
    "jobs/progress": "closes the connection of the thread that writes progress",
    "projects/sql": "quotes names",
    "scope/backstop/sql": "names the database, asks for the server's version, hashes a password",
    "scope/passing": "gives up a connection that failed",
    "scope/prepared": "compiles querysets",
    "scope/reading": "knows how deep in transactions the primary is, and gives up the standby's connection",
    "scope/sql": "quotes names, asks for types",
}
"""Who may name a connection; none of them may take a cursor from it."""

OUTSIDE = {
    "config/embedded_postgres": "makes the server and its database before there is a Django",
    "config/postgresql/base": "is the backend",
    "scope/cursors": "are the cursors that every statement goes through",
    "scope/passing": "knows the errors of the line itself",
    "scope/server/concurrent_index": "is an operation of migrations",
}
"""Who speaks to PostgreSQL beside Django."""

IMPORTS = {
    "accounts/models/session": "the store of sessions is named by a setting",
    "accounts/sessions": "the store of sessions is named by a setting",
    "jobs/owners": "who owns a job, and its scope, are named by settings",
    "notices/backends": "the way of messages is named by a setting",
    "quarantine/server": "openers are named by whoever asks; it has no database",
}
"""Who imports modules by a name that is computed."""

EXPRESSIONS = {
    "folding/lookups": "how both sides of a search are folded",
    "projects/models/visibility": "is itself the condition of a scope",
    "scope/conditions": "the conditions of scopes",
    "scope/managers": "the queryset that the scope narrows",
    "scope/prepared": "querysets compiled once",
}
"""Who compiles SQL from querysets and expressions, or builds querysets without a scope."""

ALLOWED = Allowed(TRIPS, CONNECTIONS, OUTSIDE, IMPORTS, EXPRESSIONS)

HOMES = {
    "accounts/sql": "locks of guessed passwords",
    "audit/sql": "what is settled, sealed rows as the database writes them",
    "allocation/corrections/sql": "what rests on corrected terms",
    "allocation/dumping/sql": "the files of a dumped round",
    "allocation/generation/sql": "what a draft gets of its demand project",
    "allocation/kept/sql": "reports of allocations",
    "allocation/lines/sql": "what slots offer and hold",
    "allocation/pools/sql": "reservations, last of all locks",
    "allocation/publication/sql": "the split, confirmed lines, pools",
    "allocation/recount/sql": "verification",
    "allocation/stops/sql": "what a cancelled product was to supply",
    "allocation/substitution/sql": "系统代分",
    "allocation/supply/sql": "agreed volumes of filings",
    "demo/sql": "bulk loading of synthetic rounds",
    "distribution/agreements/sql": "progress of agreements",
    "folding/sql": "the database's twin of folded",
    "operations/sql": "one moment of the database as a whole",
    "projects/sql": "rows chosen by a queryset, in one statement",
    "rehearsals/copying/sql": "which rows a rehearsal takes over",
    "rehearsals/sql": "the schema of a rehearsal, invented lines",
    "reporting/corrections/sql": "what rests on a corrected item",
    "reporting/lines/sql": "what was typed, against the baseline",
    "reporting/oddities/sql": "what is odd in a filing, norms of peers",
    "reporting/packages/sql": "what packages hold of each item",
    "reporting/purchases/sql": "purchase history",
    "reporting/recount/sql": "verification",
    "reporting/reported/sql": "reports of demand, packages",
    "reporting/rollup/sql": "figures by any dimensions, progress",
    "reporting/sheet/sql": "rows of a sheet as a save finds them",
    "reporting/totals/sql": "totals climbing the tree",
    "review/filings/sql": "the tree of filings, its locks",
    "scope/backstop/sql": "roles, grants, row policies",
    "scope/server/sql": "what the server says of itself, how long a session waits",
    "scope/sql": "statements that follow from a model",
    "subscriptions/sql": "whose time begins or ends soon, and who was told",
    "volumes/sql": "bases and agreed volumes",
}
"""Every module that may call the door."""

TRIGGERS = {
    "accounts/models/account_triggers",
    "accounts/models/triggers",
    "allocation/models/stop_triggers",
    "allocation/models/triggers",
    "audit/change_triggers",
    "audit/models/log_triggers",
    "distribution/models/distributor_triggers",
    "audit/truncate_triggers",
    "distribution/models/progress_triggers",
    "distribution/models/relation_triggers",
    "organizations/models/unit_triggers",
    "projects/models/change_triggers",
    "review/models/count_triggers",
    "review/models/mandate_triggers",
    "projects/models/correction_triggers",
    "projects/models/triggers",
    "projects/models/window_triggers",
    "reporting/models/total_triggers",
    "reporting/models/triggers",
    "review/models/reference_triggers",
    "review/models/triggers",
    "subscriptions/models/triggers",
    "volumes/models/triggers",
}

WHOLE_COUNTRY: dict[str, list[str]] = {
    "accounts": [
        "login: who asks is not known yet",
        "the session that a request comes with, by its account",
        "the session that a request comes with, by its key",
        "the command that changes a password",
        "the command that makes administrators",
        "the command that makes the alliance's account",
        "the admin's pages",
        "usernames are unique in the country",
        "the password of one's own account",
        "former passwords of an account, which no policy shows otherwise",
        "password sheets lie with units above",
        "the account of a failed login",
        "who comes with a token is not known yet",
        *["units that merged into an account's own"] * 2,
        *["who comes through a service is not known yet"] * 9,
        *["who was bound to a service, and their sessions"] * 2,
    ],
    "administration": ["what units that merged have left to do"],
    "allocation": ["the command that dumps a round", "the command that verifies capacity"],
    "audit": ["how many alike there were, whoever was refused"],
    "demo": ["the command that builds a national round", "the command that loads the demo"],
    "distribution": [
        "the command that verifies agreements",
        "usernames are unique in the country",
        "who else knows an enterprise by its name",
        *["who else knows an enterprise, to be confirmed"] * 2,
        "relations reach beyond the viewer: the check of a file",
        *["bureaus are public"] * 4,
        *["enabled distributors are known"] * 5,
        "the enterprises of an agreement are told of it",
        "whoever disables something hears how much rests on it",
        "who rests on a distributor hears that it was switched",
        "chains are judged over all distributors of the province",
        "the name of the sub-distributor",
        "relations reach beyond the viewer: acts",
        "relations reach beyond the viewer: choices",
        *["agreements of institutions rest on relations of enterprises"] * 2,
    ],
    "exchange": ["papers are looked up by whoever holds them"],
    "jobs": [
        "how long jobs of a kind take",
        "looking for waiting jobs",
        "periodic jobs",
        "the progress of a job",
        "taking up a job",
        "giving a job back",
        "ending a job",
    ],
    "operations": [
        "a backup holds everything",
        "a backup is proven whole",
        "the standing of the platform, to administrators",
    ],
    "organizations": [
        "the command that loads divisions",
        "a province's address for its institutions",
        "codes are unique in the country",
        "a unit names its successor",
        *["who reports through a unit stands anywhere"] * 3,
    ],
    "portal": ["changes of the whole country, to administrators", "names in changes"],
    "reporting": ["the command that verifies totals", "norms of peers are the project's"],
    "rehearsals": [
        "a rehearsal is made",
        "a rehearsal is made",
        "a seat of a rehearsal is taken",
        "reports of a rehearsal are invented",
        "the calendar of a rehearsal runs forward",
        "reminders of a rehearsal come round",
        "seats of a rehearsal are listed",
    ],
    "review": [
        "packages above a unit that ends",
        "the command that verifies the log",
        "an account of another unit, by its name",
        *["seals don't say whose events they are over"] * 2,
    ],
    "subscriptions": ["the command that seals anew"],
}
"""By app the reason of every place that opens the whole country."""

EVERYTHING = {"jobs": ["a job of somebody who saw everything goes on seeing it"]}
"""By app the reason of every scope that is built as a whole country."""
