"""The least that each kind of page must do: one indexed query, a list and its count, one insert, a change and its log.

`enter` signs in the one account; the benchmark calls it once.
"""

import uuid

from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone

from bare.models import Log, Ticket

ROWS = 25


def enter(request):
    login(request, User.objects.get(username="bench"))
    get_token(request)
    return HttpResponse("ok")


def track(request, code):
    return render(request, "bare/ticket.html", {"ticket": get_object_or_404(Ticket, code=code)})


def post(request):
    if request.method != "POST":
        return render(request, "bare/form.html")
    now = timezone.now()
    ticket = Ticket.objects.create(
        code=uuid.uuid4().hex[:20], title=request.POST["title"], content=request.POST["content"], state="LODGED",
        holder="centre", received_at=now, due_at=now,
    )  # fmt: skip
    return redirect("track", ticket.code)


@login_required
def staff_list(request):
    waiting = Ticket.objects.filter(holder="soxd")
    rows = waiting.order_by("due_at", "id")[:ROWS]
    return render(request, "bare/list.html", {"rows": rows, "count": waiting.count()})


@login_required
def staff_ticket(request, code):
    return render(request, "bare/ticket.html", {"ticket": get_object_or_404(Ticket, code=code)})


@login_required
def change(request, code):
    ticket = get_object_or_404(Ticket, code=code)
    with transaction.atomic():
        ticket.due_at = timezone.now()
        ticket.save(update_fields=["due_at"])
        Log.objects.create(ticket=ticket, at=ticket.due_at, note=request.POST["note"])
    return redirect("staff-ticket", code)


urlpatterns = [
    path("enter/", enter),
    path("track/<str:code>/", track, name="track"),
    path("post/", post),
    path("staff/", staff_list),
    path("staff/<str:code>/", staff_ticket, name="staff-ticket"),
    path("staff/<str:code>/change/", change),
]
