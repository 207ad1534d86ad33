from django.db import migrations, models

AMOUNT = "div(200 * item.reference_price * line.planned + item.pack_quantity, 2.0 * item.pack_quantity) * 0.01"
KEPT = ("reporting_demandreport", "reporting_demandreporters", "reporting_demandtotal", "reporting_demandgrouptotal")
# What stands is brought to the new rule, not changed: the triggers that forbid changes sleep meanwhile.
STILL = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in KEPT]
AWAKE = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in KEPT]
# Checks that wait for the end would keep the tables from being altered.
CHECKED = "SET CONSTRAINTS ALL IMMEDIATE"
# Of a filing that stands as it was reported. What was given back since is not read, and reported anew.
REPORTS = f"""
    UPDATE reporting_demandreport report SET amount = due.amount
    FROM (
        SELECT line.filing_id, SUM({AMOUNT}) AS amount
        FROM review_filing filing
        JOIN reporting_demandline line ON line.filing_id = filing.id
        JOIN projects_catalogitem item ON item.id = line.item_id
        WHERE filing.tier = 'institution' AND filing.status IN ('submitted', 'approved') GROUP BY line.filing_id
    ) AS due
    WHERE report.filing_id = due.filing_id
        AND report.number = (SELECT MAX(number) FROM reporting_demandreport last WHERE last.filing_id = due.filing_id)
"""
# Bureaus of one tier from what is below them: lines of institutions, shares of bureaus that are done already.
SHARES = """
    UPDATE reporting_demandgrouptotal share SET amount = due.amount
    FROM (
        SELECT part.group_id, part.item_id, SUM(part.amount) AS amount
        FROM (
            SELECT own.id AS group_id, line.item_id, {amount} AS amount
            FROM review_filing bureau
            JOIN review_filing child ON child.parent_id = bureau.id AND child.status = 'approved'
                AND child.tier = 'institution'
            JOIN organizations_organization unit ON unit.id = child.organization_id
            JOIN organizations_organization above ON above.id = unit.parent_id
            LEFT JOIN LATERAL (
                SELECT * FROM reporting_demandreport kept WHERE kept.filing_id = child.id AND kept.place <> ''
                ORDER BY kept.number DESC LIMIT 1
            ) AS report ON TRUE
            JOIN reporting_demandreporters own ON own.filing_id = bureau.id
                AND own.place = COALESCE(report.place, above.code) AND own.grade = COALESCE(report.grade, unit.grade)
                AND own.ownership = COALESCE(report.ownership, unit.ownership)
                AND own.kind = COALESCE(report.kind, unit.kind)
            JOIN reporting_demandline line ON line.filing_id = child.id AND line.planned IS NOT NULL
            JOIN projects_catalogitem item ON item.id = line.item_id
            WHERE bureau.tier = '{tier}' AND bureau.status IN ('submitted', 'approved')
            UNION ALL
            SELECT own.id, below.item_id, below.amount
            FROM review_filing bureau
            JOIN review_filing child ON child.parent_id = bureau.id AND child.status = 'approved'
                AND child.tier <> 'institution'
            JOIN reporting_demandreporters alike ON alike.filing_id = child.id
            JOIN reporting_demandreporters own ON own.filing_id = bureau.id AND own.place = ''
                AND own.grade = alike.grade AND own.ownership = alike.ownership AND own.kind = alike.kind
            JOIN reporting_demandgrouptotal below ON below.group_id = alike.id
            WHERE bureau.tier = '{tier}' AND bureau.status IN ('submitted', 'approved')
        ) AS part GROUP BY part.group_id, part.item_id
    ) AS due
    WHERE share.group_id = due.group_id AND share.item_id = due.item_id
"""
TIERS = ("county", "city", "province", "alliance")
TOTALS = """
    UPDATE reporting_demandtotal total SET amount = due.amount
    FROM (
        SELECT own.filing_id, share.item_id, SUM(share.amount) AS amount
        FROM reporting_demandreporters own JOIN reporting_demandgrouptotal share ON share.group_id = own.id
        GROUP BY own.filing_id, share.item_id
    ) AS due
    WHERE total.filing_id = due.filing_id AND total.item_id = due.item_id
"""
GROUPS = """
    UPDATE reporting_demandreporters own SET amount = due.amount
    FROM (SELECT group_id, SUM(amount) AS amount FROM reporting_demandgrouptotal GROUP BY group_id) AS due
    WHERE own.id = due.group_id
"""
# The summary of work in progress is made again whenever somebody asks.
FORGET_PROGRESS = """
    TRUNCATE reporting_demandprogress, reporting_progressreporters, reporting_progresstotal,
        reporting_progressgrouptotal
"""
HOLDING = ("demandreporters", "demandtotal", "demandgrouptotal", "progressreporters", "progresstotal", "progressgrouptotal")


def amount():
    return models.DecimalField(decimal_places=2, max_digits=40, null=True, verbose_name="估算金额")


class Migration(migrations.Migration):
    """Every estimate becomes a sum of lines that were rounded to the fen, bottom-up."""

    dependencies = [
        ("projects", "0004_project_code_fixed_after_draft"),
        ("reporting", "0003_history_and_packages_in_progress"),
        ("review", "0005_no_report_without_its_attachment"),
    ]

    operations = [
        migrations.RemoveField("demandreporters", "worth"),
        migrations.RemoveField("progressreporters", "worth"),
        *(migrations.AddField(name, "amount", amount()) for name in HOLDING),
        migrations.RunSQL(
            [
                *STILL,
                REPORTS,
                *(SHARES.format(tier=tier, amount=AMOUNT) for tier in TIERS),
                TOTALS,
                GROUPS,
                FORGET_PROGRESS,
                CHECKED,
                *AWAKE,
            ],
            migrations.RunSQL.noop,
        ),
        migrations.AlterField("demandreport", "amount", amount()),
    ]
