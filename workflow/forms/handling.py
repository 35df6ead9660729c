"""Forms of the handling agency: accept, return, consult, draft, approve, and what follows an answer."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from submissions.models import Level
from workflow import leaks
from workflow.dossier import GROUNDS
from workflow.models import Clock, Consultation, Rating, RejectReason, Result
from workflow.permissions import explainable_clocks, may
from workflow.procedure import LEAD_LEADER

from .action import (
    BODY_LENGTH,
    READ_AFTER_APPROVAL,
    READ_BY_SENDER,
    ActionForm,
    UploadingForm,
    choice,
    day,
    listed,
    long_text,
)

RETURN_GROUNDS = [(key, GROUNDS[key]) for key in ("not_competent", "unclear", "inaccurate")]


class Fulfilment(models.TextChoices):
    CONFIRM = "confirm", _("Xác nhận đã thực hiện đúng cam kết")
    REJECT = "reject", _("Chưa đạt, yêu cầu thực hiện tiếp")


def other_agencies(form):
    """Agencies that the lead may involve."""
    return [agency for agency in form.offered.agencies if agency.pk != form.case.agency_id]


def latest_result(case):
    return max(case.results.all(), key=lambda result: result.number, default=None)


class AcceptForm(ActionForm):
    coordinating = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Cơ quan phối hợp"),
        help_text=_("Chỉ chọn khi vụ việc liên quan nhiều lĩnh vực. Cơ quan của Ông/Bà là cơ quan chủ trì."),
        error_messages=listed(),
    )
    note = long_text(_("Nội dung cần phối hợp, ghi chú"), rows=3)

    def arrange(self):
        self.others = {agency.code: agency for agency in other_agencies(self)}
        self.fields["coordinating"].choices = [(code, agency.name) for code, agency in self.others.items()]

    def clean_coordinating(self):
        return [self.others[code] for code in self.cleaned_data["coordinating"]]


class ReturnForm(ActionForm):
    ground = choice(
        _("Lý do chuyển trả"),
        RETURN_GROUNDS,
        missing=_("Vui lòng chọn lý do chuyển trả."),
    )
    suggested_agency = forms.ModelChoiceField(
        Agency.objects.none(),
        to_field_name="code",
        required=False,
        label=_("Đề xuất chuyển đến"),
        empty_label=_("– Không đề xuất –"),
        error_messages=listed(),
    )
    note = long_text(_("Giải thích"), missing=_("Vui lòng giải thích lý do chuyển trả để Trung tâm phân phối lại."))

    def arrange(self):
        self.offer("suggested_agency", other_agencies(self))


class ConsultForm(ActionForm):
    agency = forms.ModelChoiceField(
        Agency.objects.none(),
        to_field_name="code",
        label=_("Cơ quan phối hợp"),
        empty_label=_("– Chọn cơ quan –"),
        error_messages=listed(_("Vui lòng chọn cơ quan phối hợp.")),
    )
    due = day(
        _("Đề nghị trả lời trước hết ngày"),
        help_text=_("Không muộn hơn thời hạn của cơ quan chủ trì; để trống thì hệ thống tính."),
    )
    note = long_text(_("Nội dung xin ý kiến"))

    def arrange(self):
        asked = self.case.consultations.all()
        waiting = {c.agency_id for c in asked if c.outcome == Consultation.Outcome.WAITING}
        self.offer("agency", [agency for agency in other_agencies(self) if agency.pk not in waiting])


class BodyForm(ActionForm):
    body = long_text(
        _("Ý kiến của cơ quan phối hợp"), missing=_("Vui lòng nhập ý kiến của cơ quan."), rows=8, max_length=BODY_LENGTH
    )


class ExtendForm(ActionForm):
    """Đ7.3: only complex, many-field cases that need an on-site visit, with a reason."""

    due = day(
        _("Gia hạn đến hết ngày"),
        missing=_("Vui lòng chọn ngày hoàn thành."),
        help_text=_("Tối đa 10 ngày làm việc tính từ lúc tiếp nhận xử lý."),
    )
    on_site = forms.BooleanField(
        label=_("Vụ việc phức tạp, liên quan nhiều lĩnh vực, cần kiểm tra thực tế"),
        error_messages={"required": _("Vui lòng xác nhận: chỉ được gia hạn khi cần kiểm tra thực tế.")},
    )
    note = long_text(_("Lý do gia hạn"), missing=_("Vui lòng nêu lý do gia hạn."))

    def clean_due(self):
        due = self.cleaned_data["due"]
        if due <= timezone.localdate(self.now):
            raise ValidationError(_("Ngày gia hạn phải sau hôm nay. Vui lòng chọn ngày khác."))
        return due


class RejectForm(ActionForm):
    reason = choice(_("Lý do"), RejectReason.choices, missing=_("Vui lòng chọn lý do chuyển trả."))
    note = long_text(_("Yêu cầu chỉnh sửa"))

    def clean(self):
        super().clean()
        if self.cleaned_data.get("reason") == RejectReason.OTHER and not self.cleaned_data.get("note"):
            self.add_error("note", _("Vui lòng nêu rõ yêu cầu chỉnh sửa khi chọn lý do khác."))


LEADER_MUST_LOOK = _("Hãy xem từng chỗ được đánh dấu: đánh dấu để cho phép, hoặc chuyển trả để chỉnh sửa.")


class ApproveForm(ActionForm):
    """Carries the hash of the text that the leader read; what was found in that text is cleared one by one."""

    note = long_text(_("Ý kiến của lãnh đạo"), rows=2)
    sha256 = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def arrange(self):
        self.result = latest_result(self.case)
        self.initial["sha256"] = self.result and self.result.sha256

    def find_leaks(self):
        return leaks.found(self.case, self.result.body, public=True) if self.result else []

    def justification(self):
        """A tick for each hit; all are owed."""
        every = [str(number) for number, _hit in enumerate(self.leaks)]
        field = forms.MultipleChoiceField(
            label=_("Từng chỗ được đánh dấu trong bản trình: tôi đã xem và cho phép giữ lại"),
            choices=[(number, leaks.said(hit)) for number, hit in zip(every, self.leaks, strict=True)],
            widget=forms.CheckboxSelectMultiple,
            error_messages=listed(LEADER_MUST_LOOK),
        )
        field.validators.append(lambda ticked: self._insist_on(every, ticked))
        return field

    @staticmethod
    def _insist_on(every, ticked):
        if set(ticked) != set(every):
            raise ValidationError(LEADER_MUST_LOOK)


class SubmitForm(UploadingForm):
    """The result on the form of Phụ lục I: done, or a commitment with a definite date (Đ7.2.b)."""

    outcome = choice(_("Kết quả"), Result.Outcome.choices, missing=_("Vui lòng chọn đã xử lý xong hay cam kết."))
    commitment_date = day(_("Cam kết hoàn thành trước hết ngày"), help_text=_("Chỉ nhập khi cam kết thời gian."))
    body = long_text(
        _("Nội dung kết quả xử lý"),
        missing=_("Vui lòng nhập nội dung kết quả xử lý."),
        help_text=_("Viết cho người gửi đọc. Lời chào và lời kết theo Phụ lục I được tự động thêm vào."),
        rows=12,
        max_length=BODY_LENGTH,
    )
    contained = forms.BooleanField(
        label=_("Nguy hiểm đã được khắc phục tạm thời"),
        error_messages={"required": _("Vui lòng xác nhận nguy hiểm đã được khắc phục trước khi trình kết quả.")},
    )

    field_order = ["outcome", "commitment_date", "body", "attachments", "contained"]
    audience = READ_AFTER_APPROVAL
    is_internal = False

    def arrange(self):
        self.fields["attachments"].label = _("Văn bản trả lời, hình ảnh minh chứng")
        if not self.case.rule_set.instant or self.case.contained_at:
            del self.fields["contained"]
        if not self.is_bound:
            self._go_on_from_what_was_sent_back()

    def _go_on_from_what_was_sent_back(self):
        last = latest_result(self.case)
        if last:
            self.initial |= {"outcome": last.outcome, "commitment_date": last.commitment_date, "body": last.body}

    def clean(self):
        cleaned = super().clean()
        promised = cleaned.get("commitment_date")
        if cleaned.get("outcome") == Result.Outcome.DONE:
            cleaned["commitment_date"] = None
        elif cleaned.get("outcome") and "commitment_date" in cleaned and not promised:
            self.add_error("commitment_date", _("Vui lòng nhập ngày cam kết hoàn thành."))
        elif promised and promised <= timezone.localdate(self.now):
            self.add_error("commitment_date", _("Ngày cam kết phải sau hôm nay. Vui lòng chọn ngày khác."))
        cleaned.setdefault("contained", False)
        return cleaned


class ConcludeForm(ActionForm):
    decision = choice(_("Kết luận"), Rating.Decision.choices, missing=_("Vui lòng chọn kết luận."))
    note = long_text(_("Giải thích cho người gửi"), missing=_("Vui lòng giải thích kết luận cho người gửi."))


class FulfilForm(UploadingForm):
    """The specialist hands in the proof, then the leader decides."""

    note = long_text(_("Đã thực hiện những gì"), missing=_("Vui lòng nêu cam kết đã được thực hiện ra sao."))
    decision = choice(_("Kết luận"), Fulfilment.choices, missing=_("Vui lòng chọn kết luận về việc thực hiện cam kết."))

    field_order = ["decision", "note", "attachments"]
    audience = READ_BY_SENDER

    def arrange(self):
        self.decides = may(self.viewer, self.row, self.case, self.now).seat == LEAD_LEADER
        if self.decides:
            del self.fields["attachments"]
            self.fields["note"] = long_text(_("Ý kiến của lãnh đạo"))
        else:
            del self.fields["decision"]
            self.fields["attachments"].label = _("Hình ảnh, văn bản minh chứng")

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("decision") == Fulfilment.REJECT and not cleaned.get("note"):
            self.add_error("note", _("Vui lòng nêu những gì còn phải thực hiện."))
        return cleaned


class ExplainForm(ActionForm):
    clock = forms.ModelChoiceField(
        Clock.objects.none(),
        label=_("Thời hạn bị trễ"),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages=listed(_("Vui lòng chọn thời hạn cần giải trình.")),
    )
    note = long_text(_("Lý do trễ hạn"), missing=_("Vui lòng nêu lý do trễ hạn."))

    def arrange(self):
        late = explainable_clocks(self.viewer, self.case)
        field = self.fields["clock"]
        field.queryset = Clock.objects.filter(pk__in=[clock.pk for clock in late])
        field.choices = [(clock.pk, self._said(clock)) for clock in late]
        if len(late) == 1:
            self.initial["clock"] = late[0].pk

    def clean_clock(self):
        return self.cleaned_data["clock"].pk

    @staticmethod
    def _said(clock):
        due = timezone.localtime(clock.due_at)
        return _("%(label)s – hạn %(due)s") % {"label": clock.label, "due": f"{due:%H:%M %d/%m/%Y}"}


class SecrecyForm(ActionForm):
    """The sender may ask for secrecy (Đ9.2); what else is kept from the public is for the authorities (Đ9.3)."""

    level = choice(_("Mức công khai"), Level.choices, missing=_("Vui lòng chọn mức công khai."))
    note = long_text(_("Lý do"), rows=2)

    def arrange(self):
        if self.viewer.memberships:
            self.initial["level"] = self.case.level
        else:
            self.fields["level"].choices = [(Level.CONFIDENTIAL, _("Giữ bí mật, chỉ trả lời riêng cho tôi"))]
            self.initial["level"] = Level.CONFIDENTIAL


class SealForm(ActionForm):
    note = long_text(
        _("Lý do niêm phong"),
        missing=_("Vui lòng nêu lý do niêm phong."),
        help_text=_("Không chép lại nội dung bí mật vào đây."),
    )
