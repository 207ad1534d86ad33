"""SQL of the triggers that tell changes: how they call items and winners, what stood before."""

from apps.audit.domain.change_triggers import named

ITEM_NAME = "concat_ws(' ', changed.item_code, changed.variety, changed.specification)"
NAME_OF_ITEM = named(
    "projects_catalogitem", "item_id", "concat_ws(' ', item_code, variety, specification)"
)
WINNER_NAME = (
    f"concat_ws(' · ', {NAME_OF_ITEM}, {named('organizations_enterprise', 'enterprise_id')})"
)
NAME_OF_PRODUCT = named(
    "projects_winningproduct product JOIN projects_catalogitem item ON item.id = product.item_id"
    " JOIN organizations_enterprise won ON won.id = product.enterprise_id",
    "product_id",
    "concat_ws(' ', item_code, variety, specification) || ' · ' || won.name",
    key="product.id",
)
TERMS_BEFORE = """(
    SELECT to_jsonb(earlier) FROM projects_winningterms earlier
    WHERE earlier.product_id = changed.product_id AND earlier.version < changed.version
    ORDER BY earlier.version DESC LIMIT 1
)"""
PROJECT_OF_TERMS = "(SELECT project_id FROM projects_winningproduct WHERE id = changed.product_id)"
