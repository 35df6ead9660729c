"""Forms by which the operator sets up an agency with its people, replaces a person, and closes or merges an agency."""

from datetime import timedelta

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.db.models import Q
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from .forms import AgencyForm
from .memberships import HANDLING_KINDS
from .models import Agency, Membership, User
from .roles import Role

PEOPLE = {Role.SPECIALIST: _("Cán bộ chuyên môn"), Role.LEADER: _("Cán bộ lãnh đạo")}
SUFFIX = {Role.SPECIALIST: "cm", Role.LEADER: "ld"}


def name_field(label):
    return forms.CharField(label=format_lazy(_("{}: họ và tên"), label), max_length=150, required=False)


def username_field(label):
    return forms.CharField(label=format_lazy(_("{}: tên đăng nhập"), label), max_length=150, required=False)


def email_field(label):
    return forms.EmailField(label=format_lazy(_("{}: thư điện tử"), label), required=False)


def check_person(form, prefix, proposed=""):
    """Whether `<prefix>_name`, `_username` (else `proposed`) and `_email` make an account; adds errors by field."""
    values = form.cleaned_data
    values[f"{prefix}_username"] = username = values.get(f"{prefix}_username") or proposed
    for part in ("name", "email", "username"):
        if not values.get(f"{prefix}_{part}") and f"{prefix}_{part}" not in form.errors:
            form.add_error(f"{prefix}_{part}", _("Vui lòng nhập đủ họ tên, tên đăng nhập và thư điện tử."))
    if username and User.objects.filter(username__iexact=username).exists():
        form.add_error(f"{prefix}_username", _("Tên đăng nhập này đã có. Hãy chọn tên khác."))


def make_person(form, prefix):
    """The account, without a password before its letter is opened."""
    values = form.cleaned_data
    return User.objects.create_user(
        values[f"{prefix}_username"], values[f"{prefix}_email"], None, full_name=values[f"{prefix}_name"]
    )


class NewAgencyForm(AgencyForm):
    """An agency with its specialist and its leader, in one form; the centre and the like get their people elsewhere."""

    specialist_name = name_field(PEOPLE[Role.SPECIALIST])
    specialist_username = username_field(PEOPLE[Role.SPECIALIST])
    specialist_email = email_field(PEOPLE[Role.SPECIALIST])
    leader_name = name_field(PEOPLE[Role.LEADER])
    leader_username = username_field(PEOPLE[Role.LEADER])
    leader_email = email_field(PEOPLE[Role.LEADER])

    def clean(self):
        values = super().clean()
        if self._has_people():
            for role in PEOPLE:
                check_person(self, role, f"{values.get('code', '')}.{SUFFIX[role]}" if values.get("code") else "")
            names = [(values.get(f"{role}_username") or "").casefold() for role in PEOPLE]
            if names[0] and names[0] == names[1]:
                self.add_error("leader_username", _("Hai người phải có hai tên đăng nhập khác nhau."))
        return values

    def people(self):
        """The memberships of the new agency, made with their accounts."""
        if not self._has_people():
            return []
        since = self.instance.valid_from
        return [
            Membership.objects.create(
                user=make_person(self, role), agency=self.instance, role=role, valid_from=since
            )
            for role in PEOPLE
        ]  # fmt: skip

    def _has_people(self):
        return self.cleaned_data.get("kind") in HANDLING_KINDS


class ReplaceForm(forms.Form):
    """Somebody new in the place of somebody who leaves; the day before is the other's last."""

    new_name = name_field(_("Người mới"))
    new_username = username_field(_("Người mới"))
    new_email = email_field(_("Người mới"))
    since = forms.DateField(label=_("Người mới làm việc từ ngày"), widget=AdminDateWidget)

    def __init__(self, data=None, *, membership):
        super().__init__(data, initial={"since": timezone.localdate()})
        self.membership = membership

    def clean(self):
        values = super().clean()
        check_person(self, "new")
        since, began, ended = values.get("since"), self.membership.valid_from, self.membership.valid_to
        if since and since <= began:
            self.add_error("since", _("Phải sau ngày bắt đầu của người cũ (%s).") % f"{began:%d/%m/%Y}")
        elif since and ended and since > ended:
            self.add_error("since", _("Phân công này kết thúc ngày %s; hãy thêm phân công mới.") % f"{ended:%d/%m/%Y}")
        return values

    def replace(self):
        """(the old membership, ended; the new one, for the same time and standing)."""
        old, since = self.membership, self.cleaned_data["since"]
        ends, old.valid_to = old.valid_to, since - timedelta(days=1)
        old.save(update_fields=["valid_to"])
        new = Membership.objects.create(
            user=make_person(self, "new"), agency=old.agency, role=old.role, on_behalf=old.on_behalf,
            valid_from=since, valid_to=ends,
        )  # fmt: skip
        return old, new


class CloseForm(forms.Form):
    """An agency ends with a day; who takes its cases is named where there are any."""

    last_day = forms.DateField(label=_("Hoạt động đến hết ngày"), widget=AdminDateWidget)
    successor = forms.ModelChoiceField(
        Agency.objects.none(),
        required=False,
        label=_("Cơ quan tiếp nhận hồ sơ và công việc"),
        help_text=_("Bắt buộc, trừ khi cơ quan không còn hồ sơ nào và đã hết ngày làm việc cuối."),
    )

    def __init__(self, data=None, *, agency, holds_cases):
        super().__init__(data, initial={"last_day": timezone.localdate(), "successor": agency.successor})
        self.agency, self.holds_cases = agency, holds_cases
        ended = Q(valid_to__lt=timezone.localdate())
        others = Agency.objects.filter(kind__in=HANDLING_KINDS).exclude(ended).exclude(pk=agency.pk)
        self.fields["successor"].queryset = others

    def clean(self):
        values = super().clean()
        last_day, successor = values.get("last_day"), values.get("successor")
        if last_day and last_day < self.agency.valid_from:
            self.add_error("last_day", _("Phải từ ngày bắt đầu hoạt động trở đi."))
        may_still_get_some = last_day is not None and last_day >= timezone.localdate()
        if (self.holds_cases or may_still_get_some) and not successor and "successor" not in self.errors:
            self.add_error("successor", _("Cơ quan còn hồ sơ hoặc còn nhận hồ sơ: hãy chọn cơ quan tiếp nhận."))
        if successor and last_day and not self._works_after(successor, last_day):
            self.add_error("successor", _("Cơ quan này không hoạt động sau ngày đó; hãy chọn cơ quan khác."))
        return values

    @staticmethod
    def _works_after(agency, last_day):
        following = last_day + timedelta(days=1)
        return agency.valid_from <= following and (agency.valid_to is None or agency.valid_to >= following)
