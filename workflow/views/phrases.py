"""The agency's reusable phrases: who writes texts for senders keeps them."""

from functools import wraps

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.models import Phrase
from workflow import audit
from workflow.forms.phrases import PhraseForm
from workflow.offered import MOST_PHRASES, WRITERS

from .access import staff_page, staff_render


def writers_page(view):
    """For who writes to senders; the view gets the agency too."""

    @staff_page
    @wraps(view)
    def page(request, viewer, *args, **kwargs):
        seat = next((membership for membership in viewer.memberships if membership.role in WRITERS), None)
        if seat is None:
            raise Http404
        return view(request, viewer, seat.agency, *args, **kwargs)

    return page


@writers_page
@require_http_methods(["GET", "HEAD", "POST"])
def phrases_page(request, viewer, agency):
    return _edit(request, viewer, Phrase(agency=agency))


@writers_page
@require_http_methods(["GET", "HEAD", "POST"])
def phrase_page(request, viewer, agency, pk):
    return _edit(request, viewer, get_object_or_404(Phrase, agency=agency, pk=pk))


@writers_page
@require_POST
def delete_phrase(request, viewer, agency, pk):
    phrase = get_object_or_404(Phrase, agency=agency, pk=pk)
    audit.changed(viewer.user, f"{Phrase._meta.verbose_name}: {phrase}", _("xóa"))
    phrase.delete()
    messages.success(request, _("Đã xóa mẫu câu “%s”.") % phrase)
    return redirect("staff-phrases")


def _edit(request, viewer, phrase):
    data = request.POST if request.method == "POST" else None
    form = PhraseForm(data, instance=phrase, label_suffix="")
    if request.method == "POST" and form.is_valid():
        full = phrase.pk is None and Phrase.objects.filter(agency=phrase.agency).count() >= MOST_PHRASES
        if not full:
            form.save()
            audit.changed(viewer.user, f"{Phrase._meta.verbose_name}: {phrase}", _("sửa"))
            messages.success(request, _("Đã lưu mẫu câu “%s”.") % phrase)
            return redirect("staff-phrases")
        form.add_error(None, _("Cơ quan đã có %d mẫu câu; hãy sửa hoặc xóa bớt.") % MOST_PHRASES)
    kept = Phrase.objects.filter(agency=phrase.agency).exclude(pk=phrase.pk)[:MOST_PHRASES]
    status = 422 if form.is_bound and form.errors else 200
    return staff_render(request, viewer, "phrases.html", {"form": form, "phrase": phrase, "kept": kept}, status)
