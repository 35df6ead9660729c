"""A ticket with what a page shows of it, and the log of its changes."""

from django.db import models


class Ticket(models.Model):
    code = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=200)
    content = models.TextField()
    state = models.CharField(max_length=12)
    holder = models.CharField(max_length=30)
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["holder", "due_at", "id"], name="ticket_queue")]

    def __str__(self):
        return self.code


class Log(models.Model):
    ticket = models.ForeignKey(Ticket, models.CASCADE)
    at = models.DateTimeField()
    note = models.TextField()

    def __str__(self):
        return self.note
