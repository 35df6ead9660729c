"""Forms of the operator: classify and distribute, refuse."""

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Field, RuleSet
from submissions.codes import MistypedCode, NotACode, read_code
from submissions.forms import CleanTextField
from submissions.models import Attachment, Case
from submissions.text import nfc
from workflow import leaks
from workflow.advice import INCIDENTS_FIELD
from workflow.dossier import GROUNDS

from .action import ActionForm, choice, listed, long_text

REFUSAL_GROUNDS = [(key, GROUNDS[key]) for key in ("duplicate", "incomplete", "out_of_scope", "spam")]


class DistributeForm(ActionForm):
    """Field and agency; which files and which wording may one day be public."""

    field = forms.ModelChoiceField(
        Field.objects.all(),
        label=_("Lĩnh vực"),
        empty_label=_("– Chọn lĩnh vực –"),
        error_messages=listed(_("Vui lòng chọn lĩnh vực của phản ánh.")),
    )
    agency = forms.ModelChoiceField(
        Agency.objects.none(),
        to_field_name="code",
        label=_("Cơ quan xử lý"),
        error_messages=listed(_("Vui lòng chọn cơ quan xử lý.")),
    )
    rule_set = forms.ModelChoiceField(
        RuleSet.objects.none(),
        to_field_name="code",
        required=False,
        label=_("Quy định áp dụng"),
        help_text=_("Chỉ đổi khi hồ sơ phải theo quy định khác; chỉ đổi được ở lần phân phối đầu tiên."),
        error_messages=listed(),
    )
    release = forms.ModelMultipleChoiceField(
        Attachment.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Tệp của người gửi được công khai cùng kết quả"),
        help_text=_(
            "Chỉ chọn tệp không có thông tin cá nhân; video và tài liệu còn giữ vị trí, tên người làm ra nó. "
            "Không chọn thì không tệp nào được công khai."
        ),
        error_messages=listed(),
    )
    public_title = CleanTextField(label=_("Tiêu đề khi công khai"), required=False, max_length=200)
    public_content = long_text(
        _("Nội dung khi công khai"),
        help_text=_("Che thông tin cá nhân nếu có. Người gửi và cơ quan xử lý vẫn đọc nguyên văn."),
        rows=5,
        max_length=None,
    )
    note = long_text(_("Ý kiến chuyển cơ quan xử lý"), rows=3)

    prefilled = ("field", "agency", "rule_set")
    audience = _("Ý kiến chuyển chỉ lưu hành nội bộ. Tiêu đề, nội dung, tệp khi công khai thì mọi người đọc được.")
    is_internal = False

    def arrange(self):
        self.offer("field", self.offered.fields)
        self.offer("agency", self.offered.agencies)
        self.fields["agency"].choices = self._grouped()
        self._offer_rule_sets()
        self._offer_files(self._sent())
        self.initial |= {
            "field": self._likely_field,
            "public_title": self.case.shown_title,
            "public_content": self.case.shown_content,
        }

    def _sent(self):
        """What the sender sent, of a picture that was covered its copies alone."""
        sent = [file for file in self.case.attachments.all() if file.role in Attachment.OF_THE_SENDER]
        covered = {file.masked_from_id for file in sent}
        return [file for file in sent if file.pk not in covered]

    def _grouped(self):
        """All that may handle a case, those that answer for its field and place first."""
        every = [(agency.code, agency.name) for agency in self.offered.agencies]
        field = self._likely_field
        fitting = self.offered.agencies_for(field, self.case.sender.commune_id) if field else []
        suggested = {agency.code for agency in fitting}
        wished = self.case.wished_agency.code if self.case.wished_agency else ""
        groups = [
            (_("Người gửi chọn"), [row for row in every if row[0] == wished]),
            (_("Gợi ý theo lĩnh vực và địa bàn"), [row for row in every if row[0] in suggested - {wished}]),
            (_("Cơ quan khác"), [row for row in every if row[0] not in suggested | {wished}]),
        ]
        return [("", _("– Chọn cơ quan –")), *(group for group in groups if group[1])]

    @cached_property
    def _likely_field(self):
        """The field of the case; an incident of Đ10 belongs to the urban infrastructure (R13)."""
        if self.case.field is None and self.case.incident:
            return self.offered.field(INCIDENTS_FIELD)
        return self.case.field

    def _offer_rule_sets(self):
        if self.case.first_distributed_at:
            del self.fields["rule_set"]
            return
        self.fields["rule_set"].empty_label = _("Giữ nguyên: %(name)s") % {"name": self.case.rule_set.name}
        self.offer("rule_set", self.offered.rule_sets(timezone.localdate(self.case.received_at)))

    def _offer_files(self, files):
        if not files:
            del self.fields["release"]
            return
        field = self.fields["release"]
        field.queryset = Attachment.objects.filter(pk__in=[file.pk for file in files])
        field.choices = [(file.pk, _shown(file)) for file in files]
        self.initial["release"] = [file.pk for file in files if file.released]

    def find_leaks(self):
        """What the public would read of the sender's own words."""
        if not self.is_bound:
            return []
        title = nfc(self.data.get("public_title", self.case.shown_title))
        return leaks.of_the_matter(title, nfc(self.data.get("public_content", self.case.shown_content)))

    def clean_public_title(self):
        return self._masked("public_title", self.case.title)

    def clean_public_content(self):
        return self._masked("public_content", self.case.content)

    def _masked(self, name, original):
        """Empty where nothing is masked; a form that does not ask keeps what was masked before."""
        if name not in self.data:
            return getattr(self.case, name)
        typed = self.cleaned_data[name]
        if original and not typed:
            raise ValidationError(_("Vui lòng nhập nội dung công khai, hoặc giữ nguyên văn của người gửi."))
        return "" if typed == original else typed


def _shown(file):
    """The name, with the small picture of an image: phones call all of them alike."""
    if not (file.is_image and file.is_readable):
        return file.name
    picture = '{} <img class="file-choice" src="{}" alt="" width="96" loading="lazy">'
    return format_html(picture, file.name, reverse("thumbnail", args=[file.pk]))


class RefuseForm(ActionForm):
    """The ground of Đ12 and, for a duplicate, the case it repeats."""

    ground = choice(
        _("Căn cứ từ chối"),
        REFUSAL_GROUNDS,
        missing=_("Vui lòng chọn căn cứ từ chối."),
        help_text=_(
            "Chỉ từ chối ngay vì không đủ thông tin khi không thể bổ sung (không liên lạc được, nội dung vô nghĩa); "
            "nếu không, hãy trả lại để người gửi bổ sung."
        ),
    )
    duplicate_of = forms.CharField(
        label=_("Mã hồ sơ đã tiếp nhận"),
        required=False,
        help_text=_("Chỉ nhập khi trùng, ví dụ PAKN-2611-4F7K-9Q2MX."),
    )
    note = long_text(
        _("Lý do và hướng dẫn"),
        missing=_("Vui lòng nêu lý do từ chối và hướng dẫn nơi tiếp nhận phù hợp."),
        help_text=_("Nêu rõ lý do; nếu không thuộc phạm vi, hướng dẫn người gửi liên hệ nơi nào."),
    )

    prefilled = ("ground", "duplicate_of")

    def clean_duplicate_of(self):
        if self.cleaned_data.get("ground") != "duplicate":
            return None
        typed = self.cleaned_data["duplicate_of"]
        if not typed:
            raise ValidationError(_("Vui lòng nhập mã hồ sơ đã tiếp nhận mà phản ánh này trùng."))
        try:
            found = Case.objects.visible_to(self.viewer).filter(code=read_code(typed)).first()
        except (NotACode, MistypedCode) as error:
            raise ValidationError(_("Mã hồ sơ không đúng. Vui lòng kiểm tra từng ký tự rồi nhập lại.")) from error
        if found is None:
            raise ValidationError(_("Không tìm thấy hồ sơ có mã này. Vui lòng kiểm tra lại."))
        if found == self.case:
            raise ValidationError(_("Đây là mã của chính hồ sơ này. Vui lòng nhập mã của hồ sơ đã tiếp nhận trước."))
        return found
