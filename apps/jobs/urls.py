"""Addresses of one's own jobs."""

from django.urls import path

from . import views

app_name = "jobs"
urlpatterns = [
    path("", views.job_list, name="job_list"),
    path("<int:pk>/", views.job_detail, name="job_detail"),
    path("<int:pk>/status/", views.job_status, name="job_status"),
    path("<int:pk>/cancel/", views.job_cancel, name="job_cancel"),
    path("<int:pk>/restart/", views.job_restart, name="job_restart"),
    path("<int:pk>/result/", views.job_result, name="job_result"),
    path("<int:pk>/report/", views.job_report, name="job_report"),
]
