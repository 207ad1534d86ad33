import django.db.models.deletion
from django.db import migrations, models

# What others count of these totals are products and institutions, which stay the same.
STILL = "ALTER TABLE allocation_supplytotal DISABLE TRIGGER USER"
AWAKE = "ALTER TABLE allocation_supplytotal ENABLE TRIGGER USER"
# Checks that wait for the end would keep the table from being altered.
CHECKED = "SET CONSTRAINTS ALL IMMEDIATE"
ROUNDED = """
    UPDATE allocation_supplytotal total
    SET amount = div(200 * terms.price * total.quantity + terms.pack, 2.0 * terms.pack) * 0.01
    FROM review_filing filing, allocation_capacitypool pool, projects_winningterms terms
    WHERE filing.id = total.filing_id AND filing.tier = 'institution'
        AND pool.product_id = total.product_id AND terms.id = pool.terms_id
"""
# Whoever is approved below, tier by tier upwards.
ADDED_UP = """
    UPDATE allocation_supplytotal total SET amount = added.amount
    FROM (
        SELECT child.parent_id, below.product_id, SUM(below.amount) AS amount
        FROM review_filing bureau
        JOIN review_filing child ON child.parent_id = bureau.id AND child.status = 'approved'
        JOIN allocation_supplytotal below ON below.filing_id = child.id
        WHERE bureau.tier = '{tier}' GROUP BY child.parent_id, below.product_id
    ) AS added
    WHERE total.filing_id = added.parent_id AND total.product_id = added.product_id
"""
TIERS = ("county", "city", "province", "alliance")


class Migration(migrations.Migration):
    """Existing totals get their amounts bottom-up: rounded of an institution, added up above it."""

    dependencies = [
        ('allocation', '0005_several_winners_of_a_row'),
        ('projects', '0004_project_code_fixed_after_draft'),
        ('review', '0005_no_report_without_its_attachment'),
    ]

    operations = [
        migrations.AddField(
            model_name='supplytotal',
            name='amount',
            field=models.DecimalField(decimal_places=2, default=0, max_digits=30, verbose_name='合同金额'),
            preserve_default=False,
        ),
        migrations.RunSQL(
            [STILL, ROUNDED, *(ADDED_UP.format(tier=tier) for tier in TIERS), CHECKED, AWAKE],
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name='supplytotal',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='supply_total_amount_not_negative'),
        ),
        migrations.AlterField(
            model_name='slotline',
            name='filing',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='review.filing', verbose_name='申报单'),
        ),
        migrations.AddIndex(
            model_name='slotline',
            index=models.Index(fields=['filing', 'product'], name='slot_line_by_agreement'),
        ),
    ]
