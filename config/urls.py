"""Every address of the product; each app lists its own."""

from django.contrib import admin
from django.urls import include, path

from config import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("captcha/", include("apps.accounts.captcha_urls")),
    path("admin/", admin.site.urls),
    path("api/", include("apps.api.urls")),
    path("accounts/", include("apps.accounts.urls")),
    path("jobs/", include("apps.jobs.urls")),
    path("operations/", include("apps.operations.urls")),
    path("organizations/", include("apps.administration.urls")),
    path("projects/", include("apps.projects.urls")),
    path("review/", include("apps.review.urls")),
    path("demand/", include("apps.reporting.urls")),
    path("analysis/", include("apps.volumes.urls")),
    path("analysis/", include("apps.analysis.urls")),
    path("allocation/", include("apps.allocation.urls")),
    path("distribution/", include("apps.distribution.urls")),
    path("rehearsals/", include("apps.rehearsals.urls")),
    path("subscriptions/", include("apps.subscriptions.urls")),
    path("notices/", include("apps.portal.notices_urls")),
    path("audit/", include("apps.portal.audit_urls")),
    path("", include("apps.portal.urls")),
]

handler400 = "apps.ui.errors.bad_request"
handler403 = "apps.ui.errors.permission_denied"
handler404 = "apps.api.pages.problems.page_not_found"
handler500 = "apps.ui.errors.server_error"
