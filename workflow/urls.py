"""Addresses of staff, under `/can-bo/`."""

from django.urls import path

from .views.act import act
from .views.bulk import distribute_many
from .views.case import case_page
from .views.keying import key_in
from .views.masking import mask_picture
from .views.outbox import given_up_page, letter_page, send_again, tasks_page
from .views.phrases import delete_phrase, phrase_page, phrases_page
from .views.privacy import data_request, data_requests
from .views.queue import delete_filter, print_list, queue_page, save_filter
from .views.report_up import report_up_document
from .views.sender import open_sender
from .views.statement import clock_statement

urlpatterns = [
    path("can-bo/", queue_page, name="staff-queue"),
    path("can-bo/bo-loc/", save_filter, name="staff-save-filter"),
    path("can-bo/bo-loc/<int:pk>/xoa/", delete_filter, name="staff-delete-filter"),
    path("can-bo/in-danh-sach/", print_list, name="staff-print-list"),
    path("can-bo/phan-phoi/", distribute_many, name="staff-distribute-many"),
    path("can-bo/tiep-nhan-moi/", key_in, name="staff-key-in"),
    path("can-bo/mau-cau/", phrases_page, name="staff-phrases"),
    path("can-bo/mau-cau/<int:pk>/", phrase_page, name="staff-phrase"),
    path("can-bo/mau-cau/<int:pk>/xoa/", delete_phrase, name="staff-phrase-delete"),
    path("can-bo/du-lieu-ca-nhan/", data_requests, name="staff-data-requests"),
    path("can-bo/du-lieu-ca-nhan/<int:pk>/", data_request, name="staff-data-request"),
    path("can-bo/thong-bao/", tasks_page, name="staff-tasks"),
    path("can-bo/thong-bao/chua-gui-duoc/", given_up_page, name="staff-given-up"),
    path("can-bo/thong-bao/<int:pk>/", letter_page, name="staff-letter"),
    path("can-bo/thong-bao/<int:pk>/gui-lai/", send_again, name="staff-send-again"),
    path("can-bo/ho-so/<str:code>/", case_page, name="staff-case"),
    path("can-bo/ho-so/<str:code>/thoi-han/<int:clock>/", clock_statement, name="staff-clock-statement"),
    path("can-bo/ho-so/<str:code>/bao-cao-ubnd/", report_up_document, name="staff-report-up"),
    path("can-bo/ho-so/<str:code>/che-anh/<uuid:pk>/", mask_picture, name="staff-mask"),
    path("can-bo/ho-so/<str:code>/nguoi-gui/", open_sender, name="staff-open-sender"),
    path("can-bo/ho-so/<str:code>/<slug:action>/", act, name="staff-act"),
]
