"""Requests that another person approves, marks of resets; and what accounts say is made to fit the rules that follow.

Who issued an enterprise's account stands in its path (the last part is the enterprise, what is above it the issuer), so
nothing has to be guessed and what exists stays readable. Administrators become 系统管理员: the other two are made by
`manage.py create_administrator`. Sub-accounts lose rights that their main account has not, and over accounts those that
are limited to projects.
"""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from apps.accounts.models.roles import ACCOUNT_RIGHTS, ROLE_PERMISSIONS, Role

FORMER = "administrator"
MAIN = ("role", "path", "organization_id", "enterprise_id")


def fit_rules(apps, _schema_editor):
    users = apps.get_model("accounts", "User").objects
    users.filter(role=FORMER).update(role=Role.SYSTEM, path="")
    users.filter(is_superuser=True).update(is_superuser=False)
    for account in users.filter(parent_account__isnull=False).select_related("parent_account"):
        account.role, account.path, account.organization_id, account.enterprise_id = (
            getattr(account.parent_account, name) for name in MAIN
        )
        held = ROLE_PERMISSIONS[account.role]
        if account.limited_to_projects:
            held = held - ACCOUNT_RIGHTS
        wanted = held if account.permission_subset is None else held & set(account.permission_subset)
        account.permission_subset = sorted(str(right) for right in wanted)
        account.save(update_fields=[*MAIN, "permission_subset"])


def back(apps, _schema_editor):
    users = apps.get_model("accounts", "User").objects
    users.filter(is_staff=True).update(role=FORMER, is_superuser=True)


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0006_changes_told_by_triggers"),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('organizations', '0003_folded_names'),
    ]

    operations = [
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('reset', '重置密码'), ('administrator', '新增管理员'), ('address', '密码修改地址'), ('distributor', '配送企业账号')], max_length=15, verbose_name='类别')),
                ('subject_id', models.BigIntegerField(verbose_name='对象')),
                ('path', models.CharField(db_collation='C', max_length=200, verbose_name='路径')),
                ('enterprise_id', models.BigIntegerField(null=True, verbose_name='企业')),
                ('title', models.CharField(max_length=200, verbose_name='事项')),
                ('content', models.JSONField(default=dict, verbose_name='内容')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='理由')),
                ('asked_by_name', models.CharField(max_length=200, verbose_name='申请人')),
                ('asked_at', models.DateTimeField(verbose_name='申请时间')),
                ('expires_at', models.DateTimeField(verbose_name='有效期至')),
                ('outcome', models.CharField(blank=True, choices=[('approved', '已批准'), ('refused', '未批准'), ('expired', '已过期')], max_length=10, verbose_name='结果')),
                ('decided_by_name', models.CharField(blank=True, max_length=200, verbose_name='批准人')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='批准时间')),
                ('remark', models.CharField(blank=True, max_length=200, verbose_name='意见')),
                ('spent_at', models.DateTimeField(null=True, verbose_name='办理时间')),
                ('spent_on', models.CharField(blank=True, max_length=64, verbose_name='办理校验')),
            ],
            options={
                'verbose_name': '双人审批',
                'verbose_name_plural': '双人审批',
                'default_permissions': ('view',),
            },
        ),
        migrations.RemoveConstraint(
            model_name='user',
            name='user_role_matches_belonging',
        ),
        migrations.RemoveConstraint(
            model_name='user',
            name='user_superuser_is_staff',
        ),
        migrations.RemoveConstraint(
            model_name='user',
            name='user_subset_only_for_sub_accounts',
        ),
        migrations.AddField(
            model_name='user',
            name='password_reset_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='上级重置密码时间'),
        ),
        migrations.AddField(
            model_name='user',
            name='password_reset_by',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=200, verbose_name='上级重置密码人'),
        ),
        migrations.AddField(
            model_name='user',
            name='password_reset_from',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=200, verbose_name='重置密码单位路径'),
        ),
        migrations.AlterField(
            model_name='user',
            name='role',
            field=models.CharField(choices=[('alliance', '联采办'), ('province', '省医保'), ('city', '市医保'), ('county', '区县医保'), ('institution', '医疗机构'), ('manufacturer', '生产企业'), ('distributor', '配送企业'), ('system_admin', '系统管理员'), ('security_admin', '安全管理员'), ('audit_admin', '审计管理员')], max_length=15, verbose_name='角色'),
        ),
        migrations.AddField(
            model_name='approval',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='申请人'),
        ),
        migrations.AddField(
            model_name='approval',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='批准人'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(fields=['-asked_at', '-id'], name='approval_newest_first'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(fields=['kind', 'subject_id', '-id'], name='approval_by_subject'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.UniqueConstraint(condition=models.Q(('outcome__in', ['', 'approved']), ('spent_at__isnull', True), models.Q(('kind', 'administrator'), _negated=True)), fields=('kind', 'subject_id'), name='approval_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='approval_decided_by_another'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'reset'), _negated=True), ('decided_by__isnull', True), models.Q(('decided_by', models.F('subject_id')), _negated=True), _connector='OR'), name='approval_not_of_oneself'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('outcome__in', ['', 'expired'])), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('decided_at__gte', models.F('asked_at')), ('decided_at__lte', models.F('expires_at')), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='approval_decided_in_time'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('spent_at__isnull', True), ('spent_on', '')), models.Q(('outcome', 'approved'), ('spent_at__gte', models.F('decided_at')), ('spent_at__lte', models.F('expires_at'))), _connector='OR'), name='approval_spent_when_approved'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='approval',
            trigger=pgtrigger.compiler.Trigger(name='decided_by_another', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.decided_by_id IS NOT NULL)', func="\nIF EXISTS (\n    SELECT 1 FROM accounts_user asker, accounts_user decider\n    WHERE asker.id = NEW.asked_by_id AND decider.id = NEW.decided_by_id\n        AND COALESCE(asker.parent_account_id, asker.id) = COALESCE(decider.parent_account_id, decider.id)\n) THEN\n    RAISE EXCEPTION 'approval_by_another' USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_by_another';\nEND IF;\nRETURN NEW;\n", hash='b7f07ac4af2d25295217dd22c7db4608a2491d80', operation='INSERT OR UPDATE', pgid='pgtrigger_decided_by_another_f4e57', table='accounts_approval', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='approval',
            trigger=pgtrigger.compiler.Trigger(name='asked_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."subject_id" IS DISTINCT FROM (NEW."subject_id") OR OLD."path" IS DISTINCT FROM (NEW."path") OR OLD."enterprise_id" IS DISTINCT FROM (NEW."enterprise_id") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."content" IS DISTINCT FROM (NEW."content") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."asked_by_id" IS DISTINCT FROM (NEW."asked_by_id") OR OLD."asked_by_name" IS DISTINCT FROM (NEW."asked_by_name") OR OLD."asked_at" IS DISTINCT FROM (NEW."asked_at") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='8e4800d6f67080c7f804424ba7871d089cf589b9', operation='UPDATE', pgid='pgtrigger_asked_stays_4fa54', table='accounts_approval', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='approval',
            trigger=pgtrigger.compiler.Trigger(name='decided_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.outcome = 'expired' OR OLD.decided_at IS NOT NULL AND (\n    OLD.spent_at IS NOT NULL OR OLD.outcome <> 'approved' OR NEW.outcome NOT IN ('approved', 'expired')\n    OR NEW.decided_at IS DISTINCT FROM OLD.decided_at OR NEW.decided_by_id IS DISTINCT FROM OLD.decided_by_id\n))", func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='1f7c12364e76b4483d7d94ba3bd242d6d3d5459e', operation='UPDATE', pgid='pgtrigger_decided_stays_708a4', table='accounts_approval', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='approval',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='06791bcd6bcc14474a596dc4f95fff46aad0ead0', operation='DELETE', pgid='pgtrigger_never_deleted_20c3f', table='accounts_approval', when='BEFORE')),
        ),
        migrations.RunPython(fit_rules, back),
    ]
