"""What an agreement says is kept word for word. Those drawn before say what their parties and terms say today."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

FILL = """
UPDATE distribution_agreement a SET wording = jsonb_build_object(
    'is_medicine', p.product_type <> 'consumable',
    'project', p.name,
    'institution', jsonb_build_object('name', unit.name, 'code', unit.code),
    'manufacturer', jsonb_build_object('name', maker.name, 'code', maker.uscc),
    'carrier', jsonb_build_object('name', carrier.name, 'code', carrier.uscc),
    'clauses', jsonb_build_object(
        'period', c.period, 'delivery', c.delivery, 'payment', c.payment, 'breach', c.breach
    ),
    'products', (
        SELECT COALESCE(jsonb_agg(jsonb_build_object(
            'item_code', item.item_code, 'variety', item.variety, 'specification', item.specification,
            'unit', item.unit, 'pack', terms.pack, 'price', terms.price::text,
            'quantity', line.quantity, 'amount', line.amount::text
        ) ORDER BY item.position, line.id), '[]')
        FROM distribution_agreementline line
        JOIN projects_winningproduct product ON product.id = line.product_id
        JOIN projects_catalogitem item ON item.id = product.item_id
        JOIN projects_winningterms terms ON terms.id = line.terms_id
        WHERE line.agreement_id = a.id
    )
)
FROM projects_project p, organizations_organization unit, organizations_enterprise maker,
    organizations_enterprise carrier, distribution_agreementclauses c
WHERE p.id = a.project_id AND unit.id = a.institution_id AND maker.id = a.manufacturer_id
    AND carrier.id = a.carrier_id AND c.id = a.clauses_id
"""


class Migration(migrations.Migration):

    dependencies = [
        ("distribution", "0006_changes_told_by_triggers"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(model_name="agreement", name="content_never_changes"),
        migrations.AddField(
            model_name="agreement",
            name="wording",
            field=models.JSONField(null=True, verbose_name="生成时的全文"),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="agreement",
            name="wording",
            field=models.JSONField(verbose_name="生成时的全文"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="agreement",
            trigger=pgtrigger.compiler.Trigger(name='content_never_changes', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."project_id" IS DISTINCT FROM (NEW."project_id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."filing_id" IS DISTINCT FROM (NEW."filing_id") OR OLD."institution_id" IS DISTINCT FROM (NEW."institution_id") OR OLD."path" IS DISTINCT FROM (NEW."path") OR OLD."manufacturer_id" IS DISTINCT FROM (NEW."manufacturer_id") OR OLD."distributor_id" IS DISTINCT FROM (NEW."distributor_id") OR OLD."carrier_id" IS DISTINCT FROM (NEW."carrier_id") OR OLD."clauses_id" IS DISTINCT FROM (NEW."clauses_id") OR OLD."products" IS DISTINCT FROM (NEW."products") OR OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."check_code" IS DISTINCT FROM (NEW."check_code") OR OLD."wording" IS DISTINCT FROM (NEW."wording") OR OLD."drawn_at" IS DISTINCT FROM (NEW."drawn_at") OR OLD."drawn_by_id" IS DISTINCT FROM (NEW."drawn_by_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='0f8a011c8d5e0c0fe4359c7163176ab3604e4ca8', operation='UPDATE', pgid='pgtrigger_content_never_changes_5f9c0', table='distribution_agreement', when='BEFORE')),
        ),
    ]
