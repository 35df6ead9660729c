"""Addresses of the public pages."""

from django.urls import path

from .views.attachments import attachment
from .views.cases import act, case_page
from .views.lodge import lodge, receipt
from .views.pages import home, procedure
from .views.published import published
from .views.track import track

urlpatterns = [
    path("", home, name="home"),
    path("gui-phan-anh/", lodge, name="lodge"),
    path("bien-nhan/<str:code>/", receipt, name="receipt"),
    path("tra-cuu/", track, name="track"),
    path("phan-anh/", published, name="register"),
    path("phan-anh/<str:code>/", case_page, name="case"),
    path("phan-anh/<str:code>/<slug:action>/", act, name="sender_act"),
    path("tep/<uuid:pk>/", attachment, name="attachment"),
    path("quy-trinh/", procedure, name="procedure"),
]
