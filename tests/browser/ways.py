"""Cases at every bend of the procedure, carried there without a browser."""

from datetime import timedelta

from django.utils import timezone

from agencies.register import current_calendar
from submissions.drafts import keep_uploads
from submissions.models import Case
from tests.submissions.pages import picture
from workflow.engine import perform
from workflow.leaks import Hit, Kind, digest

from .letters import ago


class Ways:
    """Carries cases along without a browser; each method hands back its code."""

    def __init__(self, journey, cast):
        self._journey, self.cast = journey, cast

    def lodged(self, **changes):
        return self._start(**changes).case.code

    def sent_back_and_asked(self):
        way = self._start()
        way.does("inquire", self.cast.oanh, ago(minutes=50), body="Đèn ở đoạn nào?")
        way.does("ask", self._sender(way), ago(minutes=45), body="Bao giờ có người đến?")
        way.does("send_back", self.cast.oanh, ago(minutes=40), note="Xin cho biết đoạn nào.")
        return way.case.code

    def refused(self):
        way = self._start()
        way.does("refuse", self.cast.oanh, ago(minutes=50), ground="out_of_scope", note="Ngoài phạm vi.")
        return way.case.code

    def distributed(self, **changes):
        return self._distributed(**changes).case.code

    def accepts(self, code):
        """Sơn accepts meanwhile."""
        perform(Case.objects.get(code=code).pk, "accept", self.cast.son, {})

    def returned(self):
        way = self._distributed()
        way.does("return", self.cast.son, ago(minutes=35), ground="unclear", note="Chưa rõ địa điểm.")
        return way.case.code

    def processing(self):
        return self._processing().case.code

    def pictured(self):
        """With a photo, by whom nobody has looked at yet."""
        drafts, _refused = keep_uploads([picture()], "a session of the test", [])
        return self._start(drafts=drafts).case.code

    def submitted_twice_with_hits(self):
        way = self._processing()
        way.does("submit", self.cast.son, ago(minutes=25), outcome="done", body="Đã thay bóng ở cột số 7.")
        way.does("reject", self.cast.lan, ago(minutes=24), reason="unclear", note="Ghi rõ ngày.")
        way.does(
            "submit", self.cast.son, ago(minutes=23), outcome="done",
            body="Đã thay bóng ở cột số 9, gọi 0905 123 456.", justified="Số của tổ trực",
            hits_seen=digest([Hit(Kind.PHONE, 0, 0, "0905 123 456")]),
        )  # fmt: skip
        return way.case.code

    def late(self):
        way = self._start("2026-03-02 08:00")
        way.does("distribute", self.cast.oanh, "2026-03-03 08:00", **self._to("soxd"))
        way.does("accept", self.cast.son, "2026-03-09 08:00", coordinating=[self.cast.agency("dienluc")])
        return way.case.code

    def reported_up(self):
        way = self._start("2026-03-02 08:00")
        way.does("distribute", self.cast.oanh, "2026-03-02 10:00", **self._to("soxd"))
        way.does("accept", self.cast.son, "2026-03-02 15:00", coordinating=[self.cast.agency("dienluc")])
        way.does("progress", self.cast.son, "2026-03-05 09:00", note="Đã khảo sát hiện trường.")
        way.does("report_up", self.cast.lan, "2026-03-10 08:30", note="Phải chờ kết quả kiểm định độc lập.")
        return way.case.code

    def submitted(self):
        return self._submitted().case.code

    def promised_and_rated(self):
        way = self._submitted(outcome="commitment", commitment_date=_in_a_month())
        way.does("approve", self.cast.lan, ago(minutes=20))
        way.does("rate", self._sender(way), ago(minutes=15), score="unsatisfied", note="Còn chậm.")
        way.does("fulfil", self.cast.son, ago(minutes=10), note="Đã thay xong.")
        return way.case.code

    def answered(self):
        way = self._submitted()
        way.does("approve", self.cast.lan, ago(minutes=20))
        return way.case.code

    def approved_only(self):
        way = self._submitted(channel="national_portal", national_code="DVC-1")
        way.does("approve", self.cast.lan, ago(minutes=20))
        return way.case.code

    def reopened(self):
        way = self._submitted()
        way.does("approve", self.cast.lan, ago(minutes=20))
        way.does("reopen", self.cast.lan, ago(minutes=15), note="Kiểm tra lại cả tuyến.")
        return way.case.code

    def sealed(self):
        way = self._distributed()
        way.does("seal", self.cast.son, ago(minutes=30), note="Theo Điều 9.")
        return way.case.code

    def _start(self, when=None, **changes):
        return self._journey(when or ago(hours=1), **changes)

    def _distributed(self, *, agency="soxd", **changes):
        way = self._start(**changes)
        way.does("distribute", self.cast.oanh, ago(minutes=45), **self._to(agency))
        return way

    def _processing(self, **changes):
        way = self._distributed(**changes)
        way.does("accept", self.cast.son, ago(minutes=40), coordinating=[self.cast.agency("dienluc")])
        way.does("progress", self.cast.son, ago(minutes=38), note="Đã hẹn đội sửa chữa.")
        way.does("inquire", self.cast.son, ago(minutes=36), body="Cột số mấy?")
        way.does("ask", self._sender(way), ago(minutes=34), body="Bao giờ xong?")
        return way

    def _submitted(self, outcome="done", commitment_date=None, **changes):
        way = self._processing(**changes)
        way.does(
            "submit", self.cast.son, ago(minutes=30),
            outcome=outcome, commitment_date=commitment_date, body="Đã thay bóng đèn.",
        )  # fmt: skip
        return way

    def _to(self, agency):
        return {"agency": self.cast.agency(agency), "field": self.cast.field()}

    def _sender(self, way):
        return self.cast.sender_of(way.case)


def _in_a_month():
    return current_calendar().next_working_day(timezone.localdate() + timedelta(30))
