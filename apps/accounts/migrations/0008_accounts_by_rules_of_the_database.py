"""Accounts stand with their units, sub-accounts with their main accounts, administrators apart: by the database."""

import django.db.models.functions.comparison
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0007_approvals_and_marks_of_resets"),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='stands_with_its_unit', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF TG_OP = 'UPDATE' THEN\n    IF ROW(OLD.role, OLD.path, OLD.organization_id, OLD.enterprise_id) IS NOT DISTINCT FROM ROW(NEW.role, NEW.path, NEW.organization_id, NEW.enterprise_id) AND OLD.parent_account_id IS NOT DISTINCT FROM NEW.parent_account_id THEN RETURN NEW; END IF;\nEND IF;\nIF NEW.parent_account_id IS NOT NULL THEN\n    PERFORM 1 FROM accounts_user main\n    WHERE main.id = NEW.parent_account_id AND main.parent_account_id IS NULL AND NOT main.is_staff\n        AND main.role = NEW.role AND main.path = NEW.path\n        AND main.organization_id IS NOT DISTINCT FROM NEW.organization_id\n        AND main.enterprise_id IS NOT DISTINCT FROM NEW.enterprise_id\n    FOR SHARE;\n    IF NOT FOUND THEN RAISE EXCEPTION 'account_stands_with_its_main_account' USING ERRCODE = 'check_violation', CONSTRAINT = 'account_stands_with_its_main_account'; END IF;\nELSIF NEW.organization_id IS NOT NULL THEN\n    PERFORM 1 FROM organizations_organization unit\n    WHERE unit.id = NEW.organization_id AND unit.path = NEW.path AND unit.tier = NEW.role;\n    IF NOT FOUND THEN RAISE EXCEPTION 'account_stands_with_its_unit' USING ERRCODE = 'check_violation', CONSTRAINT = 'account_stands_with_its_unit'; END IF;\nEND IF;\nRETURN NEW;\n", hash='dca4efc5dc00de26097d039a743f736535227f15', operation='INSERT OR UPDATE OF "role", "path", "organization_id", "enterprise_id", "parent_account_id"', pgid='pgtrigger_stands_with_its_unit_0f128', table='accounts_user', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='main_accounts_lead', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.parent_account_id IS NULL AND NOT (ROW(OLD.role, OLD.path, OLD.organization_id, OLD.enterprise_id) IS NOT DISTINCT FROM ROW(NEW.role, NEW.path, NEW.organization_id, NEW.enterprise_id)))', func="\nUPDATE accounts_user sub SET\n    role = NEW.role, path = NEW.path, organization_id = NEW.organization_id, enterprise_id = NEW.enterprise_id,\n    permission_subset = ARRAY(\n        SELECT held FROM unnest(sub.permission_subset) held WHERE held = ANY((CASE NEW.role WHEN 'alliance' THEN '{export,import,manage,manage_accounts,query,report,reset_passwords,review}' WHEN 'province' THEN '{export,import,maintain,manage_accounts,query,report,reset_passwords,review}' WHEN 'city' THEN '{export,query,report,reset_passwords,review}' WHEN 'county' THEN '{export,query,report,reset_passwords,review}' WHEN 'institution' THEN '{export,maintain,query,report}' WHEN 'manufacturer' THEN '{delivery,maintain,query}' WHEN 'distributor' THEN '{area,delivery,query}' WHEN 'system_admin' THEN '{}' WHEN 'security_admin' THEN '{}' WHEN 'audit_admin' THEN '{}' ELSE '{}' END)::varchar[]) ORDER BY held\n    )\nWHERE sub.parent_account_id = NEW.id;\nRETURN NULL;\n", hash='6a45f93f35337bfe6675311a12bf36cec6059d4e', operation='UPDATE OF "role", "path", "organization_id", "enterprise_id"', pgid='pgtrigger_main_accounts_lead_27c43', table='accounts_user', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='resets_need_two', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.must_change_password AND NEW.parent_account_id IS NULL AND NEW.role IN ('alliance', 'province', 'system_admin', 'security_admin', 'audit_admin') AND NEW.password IS DISTINCT FROM OLD.password AND NEW.password_changed_at IS DISTINCT FROM OLD.password_changed_at)", func="\nIF NOT EXISTS (\n    SELECT 1 FROM accounts_approval asked\n    WHERE asked.kind = 'reset' AND asked.subject_id = NEW.id AND asked.outcome = 'approved'\n        AND asked.spent_on = encode(sha256(convert_to(NEW.password, 'UTF8')), 'hex')\n) THEN\n    RAISE EXCEPTION 'account_reset_needs_two' USING ERRCODE = 'check_violation', CONSTRAINT = 'account_reset_needs_two';\nEND IF;\nRETURN NEW;\n", hash='9e62113d777377aae3f2369a59b6e499e4d51188', operation='UPDATE OF "password"', pgid='pgtrigger_resets_need_two_3122b', table='accounts_user', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_staff', True), ('path', ''), ('role__in', ('system_admin', 'security_admin', 'audit_admin'))), models.Q(('organization__isnull', False), ('role__in', ('alliance', 'province', 'city', 'county', 'institution'))), models.Q(('enterprise__isnull', False), ('role__in', ('manufacturer', 'distributor'))), _connector='OR'), name='user_role_matches_belonging'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('is_superuser', False)), name='user_nobody_is_superuser'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('enterprise__isnull', True), models.Q(('path', django.db.models.functions.text.Concat(models.Value('/0/'), models.Value('E'), django.db.models.functions.comparison.Cast(models.F('enterprise'), models.TextField()), models.Value('/'), output_field=models.TextField())), ('role', 'manufacturer')), models.Q(('path__endswith', django.db.models.functions.text.Concat(models.Value('/'), models.Value('E'), django.db.models.functions.comparison.Cast(models.F('enterprise'), models.TextField()), models.Value('/'), output_field=models.TextField())), ('path__regex', '^/0/[0-9A-Z-]+/E[0-9]+/$'), ('role', 'distributor')), _connector='OR'), name='user_path_tells_the_issuer'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('permission_subset__isnull', True), models.Q(('permission_subset__contained_by', ['export', 'import', 'manage', 'manage_accounts', 'query', 'report', 'reset_passwords', 'review']), ('role', 'alliance')), models.Q(('permission_subset__contained_by', ['export', 'import', 'maintain', 'manage_accounts', 'query', 'report', 'reset_passwords', 'review']), ('role', 'province')), models.Q(('permission_subset__contained_by', ['export', 'query', 'report', 'reset_passwords', 'review']), ('role', 'city')), models.Q(('permission_subset__contained_by', ['export', 'query', 'report', 'reset_passwords', 'review']), ('role', 'county')), models.Q(('permission_subset__contained_by', ['export', 'maintain', 'query', 'report']), ('role', 'institution')), models.Q(('permission_subset__contained_by', ['delivery', 'maintain', 'query']), ('role', 'manufacturer')), models.Q(('permission_subset__contained_by', ['area', 'delivery', 'query']), ('role', 'distributor')), models.Q(('permission_subset__contained_by', []), ('role', 'system_admin')), models.Q(('permission_subset__contained_by', []), ('role', 'security_admin')), models.Q(('permission_subset__contained_by', []), ('role', 'audit_admin')), _connector='OR'), name='user_subset_within_the_role'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('limited_to_projects', False), ('parent_account__isnull', False), _connector='OR'), name='user_limited_is_a_sub_account'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('limited_to_projects', False), models.Q(('permission_subset__overlap', ['manage_accounts', 'reset_passwords']), _negated=True), _connector='OR'), name='user_limited_keeps_off_accounts'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('is_staff', False), ('parent_account__isnull', True), _connector='OR'), name='user_administrators_have_no_sub_accounts'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('password_reset_at__isnull', True), ('password_reset_by', '')), models.Q(('password_reset_at__isnull', False), models.Q(('password_reset_by', ''), _negated=True)), _connector='OR'), name='user_reset_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('parent_account__isnull', True), ('permission_subset__isnull', True)), models.Q(('parent_account__isnull', False), ('permission_subset__isnull', False)), _connector='OR'), name='user_subset_of_every_sub_account'),
        ),
    ]
