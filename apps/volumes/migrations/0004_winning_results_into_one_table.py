"""Winning results move into the table of a season; what was published before stays as it was, in main specifications.

An enterprise is found by its name where exactly one bears it. Otherwise it is registered under a number that is no
credit code, so that the office sees what has to be corrected.
"""

from django.db import migrations

from apps.organizations.models.pinyin import initials, sort_key


def move(apps, schema_editor):
    enterprise, product, terms = (
        apps.get_model("organizations", "Enterprise"),
        apps.get_model("projects", "WinningProduct"),
        apps.get_model("projects", "WinningTerms"),
    )
    result = apps.get_model("volumes", "WinningResult")
    share = apps.get_model("volumes", "WinnerShare")
    names = set(result.objects.values_list("enterprise", flat=True))
    names |= set(share.objects.exclude(enterprise="").values_list("enterprise", flat=True))
    ids = {name: enterprise_of(enterprise, name) for name in sorted(names)}
    for row in result.objects.order_by("pk").iterator():
        won, is_new = product.objects.get_or_create(
            item_id=row.item_id,
            enterprise_id=ids[row.enterprise],
            defaults={"project_id": row.project_id, "rank": row.rank},
        )
        if is_new and row.cut is not None:
            terms.objects.create(product=won, cut=row.cut)
    # Published versions never change; this adds to them only whose a name was.
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    schema_editor.execute("ALTER TABLE volumes_winnershare DISABLE TRIGGER USER")
    for name, pk in ids.items():
        share.objects.filter(enterprise=name).update(winner_id=pk)
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    schema_editor.execute("ALTER TABLE volumes_winnershare ENABLE TRIGGER USER")
    schema_editor.execute("ALTER TABLE volumes_agreedversion DISABLE TRIGGER USER")
    apps.get_model("volumes", "AgreedVersion").objects.update(is_by_item=False)
    schema_editor.execute("ALTER TABLE volumes_agreedversion ENABLE TRIGGER USER")


def enterprise_of(model, name):
    found = list(model.objects.filter(name=name).values_list("pk", flat=True)[:2])
    if len(found) == 1:
        return found[0]
    number = model.objects.filter(uscc__startswith="NONE").count() + 1
    made = model.objects.create(
        uscc=f"NONE{number:014d}", name=name, pinyin=initials(name), sort_key=sort_key(name)
    )
    return made.pk


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0001_initial"),
        ("projects", "0005_winners_of_a_season"),
        ("volumes", "0003_quantities_by_item_and_ranks"),
    ]

    operations = [migrations.RunPython(move, migrations.RunPython.noop)]
