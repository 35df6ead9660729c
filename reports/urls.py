"""Addresses of statistics and reports."""

from django.urls import path

from .views import cases, public, report

urlpatterns = [
    path("thong-ke/", public.public_statistics, name="statistics"),
    path("bao-cao/", report.report_page, name="report"),
    path("bao-cao/noi-dung/", report.write_narrative, name="report-narrative"),
    path("bao-cao/ho-so/", cases.cases_page, name="report-cases"),
]
