"""What the benchmark of `exchange` writes and reads: lines of twenty columns as an export of volumes has them."""

from collections.abc import Iterator
from typing import Any

from django.db import connection, models
from psycopg import sql

from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.scope.reading import one_transaction
from tests.bench.owning import owning


class BenchLine(models.Model):
    """A line in the bench's own database; the product knows nothing of it."""

    code = models.CharField(max_length=20, primary_key=True)
    province = models.CharField(max_length=20)
    city = models.CharField(max_length=20)
    county = models.CharField(max_length=20)
    institution = models.CharField(max_length=60)
    grade = models.CharField(max_length=10)
    item_code = models.CharField(max_length=30)
    variety = models.CharField(max_length=60)
    spec = models.CharField(max_length=60)
    unit = models.CharField(max_length=10)
    enterprise = models.CharField(max_length=80)
    uscc = models.CharField(max_length=18)
    quantity = models.BigIntegerField()
    previous = models.BigIntegerField()
    agreed = models.BigIntegerField()
    pack = models.IntegerField()
    price = models.DecimalField(max_digits=12, decimal_places=4)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        app_label = "exchange"  # django-import-export wants an installed one
        db_table = "bench_line"
        managed = False

    def __str__(self) -> str:
        return self.code


FIELDS = [field.attname for field in BenchLine._meta.concrete_fields]
KINDS = {
    models.CharField: Kind.TEXT,
    models.BigIntegerField: Kind.WHOLE,
    models.IntegerField: Kind.WHOLE,
    models.DecimalField: Kind.DECIMAL,
    models.DateField: Kind.DATE,
}
CODES = frozenset({"code", "item_code", "uscc"})


def column_of(field: Any) -> Column:
    kind = Kind.CODE if field.attname in CODES else KINDS[type(field)]
    decimals = getattr(field, "decimal_places", None) or 2
    return Column(field.attname, f"列{field.attname}", kind, decimals=decimals, max_length=80)


LINES = WorkbookSpec(
    "bench.lines",
    filename="明细",
    sheets=(
        SheetSpec(
            "明细",
            tuple(column_of(field) for field in BenchLine._meta.concrete_fields),
            key=("code",),
        ),
    ),
)
FILL = """
    INSERT INTO bench_line
    SELECT 'L' || lpad(n::text, 9, '0'), '湖北省', '武汉市', '武昌区',
        '湖北省武汉市第' || n %% 4600 || '人民医院', '三级甲等', lpad((n %% 250)::text, 12, '0'),
        '苯磺酸氨氯地平片', '5mg*28片/盒', '盒', '江城制药股份有限公司（第' || n %% 40 || '分厂）',
        '91420100MA4K' || lpad((n %% 40)::text, 6, '0'), n %% 90000, n %% 80000, n %% 70000, 28,
        (n %% 9999) / 100.0, (n %% 999999) / 10.0, date '2026-01-01' + n %% 300, date '2027-12-31'
    FROM generate_series(1, %s) AS n
"""


def fill(count: int) -> None:
    """Exactly so many lines in the database, made by the owner and open to the runner."""
    runner = sql.Identifier(connection.settings_dict["USER"])
    with owning(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_line")
        with connection.schema_editor() as editor:
            editor.create_model(BenchLine)
        cursor.execute(FILL, [count])
        cursor.execute("ANALYZE bench_line")
        cursor.execute(sql.SQL("GRANT SELECT ON bench_line TO {}").format(runner))


def lines(count: int) -> Iterator[tuple[Any, ...]]:
    """The first lines, by a server-side cursor."""
    with one_transaction():
        found = BenchLine.objects.order_by("code").values_list(*FIELDS)[:count]
        yield from found.iterator(chunk_size=2_000)
