"""Addresses of staff, under `/can-bo/`."""

from django.urls import path

from .views.act import act
from .views.case import case_page
from .views.keying import key_in
from .views.queue import queue_page

urlpatterns = [
    path("can-bo/", queue_page, name="staff-queue"),
    path("can-bo/tiep-nhan-moi/", key_in, name="staff-key-in"),
    path("can-bo/ho-so/<str:code>/", case_page, name="staff-case"),
    path("can-bo/ho-so/<str:code>/<slug:action>/", act, name="staff-act"),
]
