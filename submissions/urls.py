"""Addresses of the public pages."""

from django.urls import path

from .views.attachments import attachment
from .views.captcha import picture, sound
from .views.cases import act, case_page
from .views.communes import communes
from .views.lodge import lodge
from .views.pages import home, procedure
from .views.published import published
from .views.receipt import receipt, receipt_qr, verify
from .views.statement import clock_statement
from .views.track import track

urlpatterns = [
    path("", home, name="home"),
    path("gui-phan-anh/", lodge, name="lodge"),
    path("xa-phuong/", communes, name="communes"),
    path("bien-nhan/<str:code>/", receipt, name="receipt"),
    path("bien-nhan/<str:code>/qr.svg", receipt_qr, name="receipt-qr"),
    path("xac-nhan/", verify, name="verify"),
    path("tra-cuu/", track, name="track"),
    path("phan-anh/", published, name="register"),
    path("phan-anh/<str:code>/", case_page, name="case"),
    path("phan-anh/<str:code>/thoi-han/<int:clock>/", clock_statement, name="clock-statement"),
    path("phan-anh/<str:code>/<slug:action>/", act, name="sender_act"),
    path("tep/<uuid:pk>/", attachment, name="attachment"),
    path("quy-trinh/", procedure, name="procedure"),
    path("captcha/image/<slug:key>/", picture, {"scale": 1}, name="captcha-image"),
    path("captcha/image/<slug:key>@2/", picture, {"scale": 2}, name="captcha-image-2x"),
    path("captcha/audio/<slug:key>.wav", sound, name="captcha-audio"),
]
