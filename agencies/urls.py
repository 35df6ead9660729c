"""Signing in and out, also for `/quan-tri/`: these stand before the administration's own addresses."""

from django.contrib.auth.views import LogoutView
from django.urls import path
from django.views.generic import RedirectView

from .views import Activate, SignIn

urlpatterns = [
    path("tai-khoan/dang-nhap/", SignIn.as_view(), name="account_login"),
    path("tai-khoan/dang-xuat/", LogoutView.as_view(), name="account_logout"),
    path("tai-khoan/kich-hoat/<uidb64>/<token>/", Activate.as_view(), name="staff-activate"),
    path("quan-tri/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("quan-tri/logout/", LogoutView.as_view()),
]
