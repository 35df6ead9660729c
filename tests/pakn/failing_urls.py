"""The portal's addresses and one more, whose page fails with what was typed in the error's words."""

from django.db import IntegrityError
from django.urls import path

from pakn.urls import handler500
from pakn.urls import urlpatterns as portal


def fails(request):
    raise IntegrityError(f"Key (phone, name)=({request.GET.get('phone')}, {request.GET.get('name')}) already exists")


urlpatterns = [*portal, path("hong/", fails)]

__all__ = ["handler500", "urlpatterns"]
