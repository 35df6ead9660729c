"""Addresses of statistics and reports."""

from django.urls import path

from .views import cases, closing, dashboard, exports, files, letter_template, public, report

urlpatterns = [
    path("thong-ke/", public.public_statistics, name="statistics"),
    path("bao-cao/", report.report_page, name="report"),
    path("bao-cao/noi-dung/", report.write_narrative, name="report-narrative"),
    path("bao-cao/ho-so/", cases.cases_page, name="report-cases"),
    path("bao-cao/hien-trang/", dashboard.dashboard_page, name="report-dashboard"),
    path("bao-cao/mau/", letter_template.template_page, name="report-template"),
    path("bao-cao/mau/goc/", letter_template.default, name="report-template-default"),
    path("bao-cao/xuat/", exports.export_rows, name="report-export"),
    path("bao-cao/ho-so/<str:code>/", exports.export_dossier, name="report-dossier"),
    path("bao-cao/tep/", files.ask_for_file, name="report-files"),
    path("bao-cao/tep/<uuid:key>/", files.file_page, name="report-file"),
    path("bao-cao/tep/<uuid:key>/tai-ve/", files.fetch_file, name="report-file-fetch"),
    path("bao-cao/chot/", closing.close_period, name="report-close"),
    path("bao-cao/ky/<int:pk>/", closing.closed_page, name="report-closed"),
]
