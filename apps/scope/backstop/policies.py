"""Which rows of a table the database shows by itself, whatever the statement: the backstop below the managers.

Invariants: without a scope no row of a table with a policy is seen, changed or written. A policy shows at least what
the model's manager shows, and what checks read beyond it (what stands above a unit), so that none of them is
blinded; granted projects and phases are the managers' alone. A policy reads the row itself and what `cursors` told the
server, once for each statement: `(SELECT current_setting(…))`. Only what is asked of the few rows that lie outside
(`ABOVE`) reads it at the row: one more part of a plan costs each statement more than they do. What a policy says is
wrapped as `CASE … IS NOT NULL`, which the planner takes for always true, and so counts rows as it did without.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from apps.scope.managers import ScopedManager, ScopeLookups

from .sql import (
    ABOVE,
    ACCOUNT_OF_ENTERPRISE,
    COUNTRY,
    ENTERPRISE,
    INSIDE,
    IS_ENTERPRISE,
    ITS_PROJECT,
    ITS_PROVINCE_ABOVE,
    OWN_OR_BLANK,
    SCOPE,
    WON_BY_ENTERPRISE,
    below,
    is_above,
    of_enterprise,
    of_filing,
)


@dataclass(frozen=True, slots=True)
class Policy:
    """SQL on a row: whether it is seen, changed and deleted; and whether it may be written like this."""

    seen: str
    written: str = ""

    def texts(self) -> tuple[str, str]:
        seen = f"CASE WHEN {self.seen} THEN TRUE END IS NOT NULL"
        return seen, self.written or seen


WIDER: Mapping[str, Policy] = {
    # Locks and checks ask whether a bureau above has submitted.
    "review.Filing": Policy(f"{INSIDE} OR {ABOVE} OR (kind = 'allocation' AND {IS_ENTERPRISE})"),
    "review.FilingEvent": Policy(of_filing("filing_id")),
    "review.WithdrawalRequest": Policy(of_filing("filing_id")),
    # Seen where the unit stands that lends, and where the account stands.
    "review.Mandate": Policy(f"{INSIDE} OR starts_with(holder_path, {SCOPE})"),
    # An enterprise confirms what is asked of it anywhere.
    "accounts.Approval": Policy(f"{INSIDE} OR enterprise_id = {ENTERPRISE} OR {COUNTRY}"),
    # Hashes: only who asks for the whole country, with a reason, is shown any.
    "accounts.FormerPassword": Policy(COUNTRY),
    "accounts.IssueSheet": Policy(f"{INSIDE} OR {COUNTRY}"),
    "accounts.IssuedPassword": Policy(below("accounts_issuesheet", "sheet_id")),
    "allocation.SupplyTotal": Policy(f"{INSIDE} OR {WON_BY_ENTERPRISE}"),
    "audit.LogEntry": Policy(OWN_OR_BLANK, written="TRUE"),
    "audit.Change": Policy(f"{INSIDE} OR (path = '' AND {SCOPE} IS NOT NULL AND {ITS_PROJECT})"),
    # The alliance's and the administrators', who are told the whole country.
    "audit.ClearedSegment": Policy(COUNTRY),
    "audit.Seal": Policy(COUNTRY),
    "audit.Verification": Policy(COUNTRY),
    "distribution.DistributorAccount": Policy(
        f"{INSIDE} OR {IS_ENTERPRISE} OR {ITS_PROVINCE_ABOVE}"
    ),
    "distribution.DeliveryRelation": Policy(
        f"{INSIDE} OR starts_with({SCOPE}, replace(path, '/-/', '/'))"
        f" OR {of_enterprise('manufacturer_id', 'carrier_id')}"
    ),
    "distribution.RelationEvent": Policy(below("distribution_deliveryrelation", "relation_id")),
    "distribution.Agreement": Policy(
        f"{INSIDE} OR {of_enterprise('manufacturer_id', 'carrier_id')}"
    ),
    "distribution.AgreementLine": Policy(below("distribution_agreement", "agreement_id")),
    "distribution.AgreementScan": Policy(below("distribution_agreement", "agreement_id")),
    "distribution.ChainLink": Policy(f"{INSIDE} OR {IS_ENTERPRISE}"),
    "exchange.StoredUpload": Policy(OWN_OR_BLANK),
    "jobs.Job": Policy(OWN_OR_BLANK),
    "notices.Notice": Policy(f"{INSIDE} OR {ABOVE} OR {IS_ENTERPRISE}"),
    "notices.Message": Policy(f"{INSIDE} OR {ACCOUNT_OF_ENTERPRISE}", written="TRUE"),
    "notices.Event": Policy(f"{INSIDE} OR {ACCOUNT_OF_ENTERPRISE}", written="TRUE"),
    "notices.Receipt": Policy(f"{INSIDE} OR {ACCOUNT_OF_ENTERPRISE} OR {COUNTRY}"),
    "subscriptions.Delivery": Policy(below("subscriptions_subscription", "subscription_id")),
    "subscriptions.Subscription": Policy(f"{INSIDE} OR {ACCOUNT_OF_ENTERPRISE}"),
    # Who was told of a deadline is noted and asked by the clock alone.
    "subscriptions.Told": Policy(COUNTRY),
    "volumes.AgreedQuantity": Policy(of_filing("filing_id")),
    "volumes.BaseQuantity": Policy(of_filing("filing_id")),
}
"""Tables whose rows are told apart by more than the row's own path and enterprise."""

PUBLIC = "a public register"
NAMED = "units are named beyond their scope: above, beside, in relations"
PROJECT = "of a project: shown to all who take part in it"
KEYED = "hangs on what has a policy, and says nothing of its own"
FIGURES = "sums of many units without a place: a look at the filing of each costs a table a third, a freeze a half more"
COPIED = "hundreds of thousands of rows a version, written by COPY, which knows no policies"
UNPOLICED: Mapping[str, str] = {
    "api.AnsweredRequest": "hangs on a token, and is found by its key",
    "accounts.Authenticator": "sealed by a key that no table holds; of accounts that stand nowhere, too",
    "accounts.Handover": "as accounts, which have none",
    "accounts.Identity": "asked before anybody has signed in: which account a person of a service is",
    "accounts.Provider": "doors of the login page",
    "accounts.Session": "a session is its key's; read before there is a scope",
    "accounts.Token": "as an account; a digest, from which nobody finds the token",
    "accounts.User": "read with each request before there is a scope: telling it twice costs a saved row 3 % more",
    "accounts.UsualAddress": "asked before anybody has signed in",
    "exchange.IssuedPaper": "whichever party of an agreement draws its paper first writes the row for all",
    "distribution.AgreementClauses": PROJECT,
    "distribution.AgreementSequence": PROJECT,
    "distribution.DeliveryArea": KEYED,
    "distribution.DeliveryPolicy": PROJECT,
    "distribution.UsernameSequence": "a number for each province",
    "allocation.CapacityPool": PROJECT,
    "allocation.Generation": PROJECT,
    "notices.Attachment": KEYED,
    "organizations.Division": PUBLIC,
    "organizations.Enterprise": PUBLIC,
    "organizations.Organization": NAMED,
    "projects.CatalogItem": PROJECT,
    "projects.ItemTerms": PROJECT,
    "projects.PrimaryProvince": PROJECT,
    "projects.Project": PROJECT,
    "projects.ProjectWindow": PROJECT,
    "projects.SupplyProvince": PROJECT,
    "projects.WinningProduct": PROJECT,
    "projects.WinningTerms": PROJECT,
    "rehearsals.Rehearsal": "the alliance's alone, which sees the country; asked before a scope is opened",
    "reporting.PeerNorm": PROJECT,
    "reporting.DemandGroupTotal": FIGURES,
    "reporting.DemandProgress": FIGURES,
    "reporting.DemandReporters": FIGURES,
    "reporting.DemandTotal": FIGURES,
    "reporting.ProgressGroupTotal": FIGURES,
    "reporting.ProgressReporters": FIGURES,
    "reporting.ProgressTotal": FIGURES,
    "volumes.AgreedTerms": PROJECT,
    "volumes.AgreedVersion": PROJECT,
    "volumes.BaseVersion": PROJECT,
    "volumes.CascadeRow": PROJECT,
    "volumes.Conversion": PROJECT,
    "volumes.ItemRule": PROJECT,
    "volumes.KeptBy": PROJECT,
    "volumes.RankQuantity": COPIED,
    "volumes.RatioRow": PROJECT,
    "volumes.UnitRule": PROJECT,
    "volumes.VolumeRules": PROJECT,
    "volumes.WinnerShare": PROJECT,
}
"""Tables without a policy, and why."""


def tables() -> Iterator[type[models.Model]]:
    """Every table of ours; not the models that read another one's."""
    return (
        model
        for model in apps.get_models()
        if model.__module__.startswith("apps.") and model._meta.managed and not model._meta.proxy
    )


def policies() -> dict[str, Policy]:
    """By table."""
    found = ((model._meta.db_table, policy_of(model)) for model in tables())
    return {table: policy for table, policy in found if policy}


def policy_of(model: type[models.Model]) -> Policy | None:
    """That of a model; what is neither left out nor named follows from where the row says that it lies."""
    label = model._meta.label
    if label in UNPOLICED:
        return None
    return WIDER.get(label) or _following(model)


def _following(model: Any) -> Policy | None:
    if not issubclass(type(model._meta.default_manager), ScopedManager):
        return None
    lookups: ScopeLookups = model.scope_lookups
    columns = {field.column for field in model._meta.concrete_fields}
    if lookups.custom is not None or lookups.path is None or lookups.path not in columns:
        return None
    parts = [f"starts_with({lookups.path}, {SCOPE})"]
    if lookups.around:
        parts.append(is_above(lookups.path))
    if lookups.enterprise is not None and lookups.enterprise in columns:
        parts.append(of_enterprise(lookups.enterprise))
    return Policy(" OR ".join(parts))
