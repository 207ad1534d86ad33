"""Every module has its tests where one looks for them, or says where they are.

A test of its app imports it, is named after it or asks for its address (`mirrors.stood_for`); or a module of its app
that has such a test uses it. What neither holds for is named in `ELSEWHERE`.
"""

from tests.net.mirrors import TESTS, modules, reached_through, stood_for

ELSEWHERE: dict[str, set[str]] = {
    "accounts/test_account_rules.py": {"accounts.session_store"},  # named in the settings
    "accounts/test_sign_on_portals.py": {"accounts.domain.sign_on.oauth2"},
    "accounts/test_subordinates.py": {"accounts.domain.statuses"},
    "administration/test_account_why.py": {"review.domain.why.of_account"},
    "administration/test_admin.py": {
        *(f"administration.pages.admin.{page}" for page in ("approvals", "audit")),
        "administration.pages.admin.organizations",
        *(f"administration.pages.admin.{page}" for page in ("rounds", "security")),
        "administration.site",
    },
    "allocation/test_corrections.py": {"allocation.domain.corrections.sql"},
    "administration/test_sign_on.py": {"administration.pages.admin.sign_on"},
    "administration/test_resources.py": {"organizations.domain.divisions"},
    "allocation/test_dump_round.py": {
        "allocation.domain.dumping.parameters",
        "allocation.domain.dumping.sql",
    },
    "allocation/test_generating.py": {
        "allocation.domain.generation.sql",
        "allocation.domain.publication.given",
    },
    "allocation/test_publication.py": {"allocation.domain.publication.sql"},
    "allocation/test_references.py": {
        "allocation.models.held",
        "review.models.reference_triggers",
    },
    "allocation/test_selected_page.py": {"allocation.pages.table_columns"},
    "api/test_contract.py": {"api.management.commands.write_interface"},
    "audit/test_manipulations.py": {"review.management.commands.verify_audit"},
    "audit/test_security_log.py": {"audit.pages.refusals"},
    "audit/test_truncation.py": {"audit.domain.truncate_triggers"},
    "demo/test_load_demo.py": {
        *(f"demo.demand.{module}" for module in ("letters", "slips", "volumes")),
        "demo.filling",
    },
    "demo/test_national.py": {"demo.national_volumes"},
    "distribution/test_agreement_pages.py": {
        "distribution.domain.agreements.waiting",
        "distribution.pages.table_columns",
    },
    "distribution/test_checklist_lines.py": {
        "allocation.domain.checklist",
    },
    "distribution/test_distributor_import.py": {
        "distribution.domain.distributors.importing",
        "distribution.files.distributor_check",
        "exchange.domain.cross_checks",
    },
    "distribution/test_stopped_agreements.py": {"distribution.domain.agreements.affected"},
    "distribution/test_switched.py": {"distribution.domain.relations.switch_messages"},
    "exchange/test_hostile_files.py": {"exchange.files.uploads.openers"},
    "folding/test_search_cost.py": {"folding.domain.lookups"},
    "jobs/test_worker.py": {"notices.tasks"},
    "net/test_access_matrix.py": {"reporting.pages.latest"},
    "net/test_drafts.py": {"ui.pages.drafts"},
    "net/test_replicas.py": {"scope.standby", "ui.pages.replicas"},
    "notices/test_attachments.py": {
        *(f"quarantine.{module}" for module in ("office", "office_text", "pictures")),
        "notices.judging",
    },
    "notices/test_views.py": {"notices.context"},
    "operations/test_backup.py": {
        "operations.domain.proving",
        "operations.management.commands.verify_backup",
    },
    "operations/test_status.py": {"operations.domain.metrics"},
    "portal/test_reminding.py": {"notices.messages"},
    "projects/test_pages.py": {
        "projects.domain.participants.regions",
        "projects.domain.reads",
        "projects.domain.supply",
    },
    "projects/test_round_trips.py": {"organizations.domain.unit_import"},
    "quarantine/test_opening.py": {"quarantine.server"},
    "reporting/test_additions.py": {"projects.domain.corrections.adding"},
    "reporting/test_corrections.py": {
        "projects.domain.corrections.acts",
        "projects.domain.corrections.fields",
        "projects.models.correction",
    },
    "reporting/test_history_import.py": {
        "reporting.files.purchase_check",
        "reporting.files.purchase_columns",
    },
    "reporting/test_history_maintenance.py": {"reporting.files.maintenance_check"},
    "reporting/test_second_pass.py": {"reporting.pages.detail_rows"},
    "reporting/test_letters.py": {"review.domain.attachments.acts"},
    "reporting/test_pages.py": {
        "audit.pages.authorship",
        "exchange.pages.quantity_field",
        "review.pages.filing_page",
        "ui.form_fields",
        "ui.templatetags.saving",
    },
    "review/test_mandates.py": {"accounts.domain.acting.lent"},
    "review/test_views_projects.py": {"review.pages.project_panel"},
    "scope/test_prepared.py": {"scope.conditions"},
    "ui/test_components.py": {"ui.templatetags.ui"},
    "ui/test_modules.py": {"ui.templatetags.modules"},
    "ui/test_registered_items.py": {
        "accounts.navigation",
        "administration.navigation",
        "distribution.navigation",
        "distribution.relation_navigation",
        "projects.navigation",
    },
    "ui/test_versions.py": {"audit.domain.seen"},
    "volumes/test_references.py": {"volumes.models.counted", "volumes.models.winners"},
    "volumes/test_pages.py": {"ui.domain.conditions"},
    "administration/test_unit_changes.py": {
        "organizations.domain.endings",
        "review.domain.rounds.settling",
    },
    "administration/test_units.py": {"folding.domain.fields", "folding.domain.sql"},
}
"""By the file that tries them, from `tests/`."""


def test_every_module_has_a_test_or_says_where() -> None:
    named = {f"apps.{module}" for some in ELSEWHERE.values() for module in some}
    through = reached_through()
    alone = {module for module in modules() if not stood_for(module) and module not in through}

    assert alone - named == set(), "no test of its app imports it, bears its name or asks for it"
    assert named - alone == set(), "gone, or covered by now: take it off the list"


def test_the_files_named_are_there() -> None:
    assert [name for name in ELSEWHERE if not (TESTS / name).is_file()] == []
