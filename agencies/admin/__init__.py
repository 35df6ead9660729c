"""`/quan-tri/`: reference data and staff accounts. No content of any case is ever shown here (R04a).

Whom it lets in is `is_staff`; what a person finds and may do follows from the memberships in force that day. Nothing
that others refer to is deleted: agencies and memberships end by their dates, accounts are switched off.
"""

from allauth.mfa import admin as mfa_admin
from allauth.usersessions import admin as sessions_admin
from django.contrib import admin
from django.contrib.auth.models import Group

from . import calendar, organisation, people, reference
from .by_role import OPERATOR, ByRole

__all__ = ["OPERATOR", "ByRole", "calendar", "organisation", "people", "reference"]

for others in (Group, mfa_admin.Authenticator, sessions_admin.UserSession):
    admin.site.unregister(others)
