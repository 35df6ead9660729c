"""Addresses of statistics and reports."""

from django.urls import path

from .views import public_statistics

urlpatterns = [path("thong-ke/", public_statistics, name="statistics")]
