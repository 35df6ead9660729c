"""The engine carries a case: states, clocks and due times on worked days in March 2026 (hand-worked)."""

from workflow.models import Message


def test_the_plain_way_from_filing_to_the_published_answer(journey, cast):
    way = journey("2026-03-02 08:00")
    assert way.case.state == "LODGED"
    assert way.due("intake") == "2026-03-02 14:00"
    way.does("receive", cast.oanh, "2026-03-02 09:00")
    way.does("distribute", cast.oanh, "2026-03-02 10:00", field=cast.field(), agency=cast.agency("soxd"))
    assert way.due("verify") == "2026-03-02 16:00"
    way.does("accept", cast.son, "2026-03-02 15:00")
    assert way.due("process") == "2026-03-09 17:00"
    way.does("submit", cast.son, "2026-03-05 15:00", outcome="done", body="Đã thay bóng đèn.")
    assert way.due("approve") == "2026-03-06 09:00"
    way.does("approve", cast.lan, "2026-03-06 09:01")
    case = way.fresh()
    assert case.state == "ANSWERED"
    assert case.published_at is not None
    assert way.clocks("2026-03-06 10:00") == [
        ("intake", "met"),
        ("verify", "met"),
        ("process", "met"),
        ("approve", "met_late"),
    ]
    assert [m.notice for m in Message.objects.filter(case=case, notice__startswith="sender")] == [
        "sender_lodged",
        "sender_accepted",
        "sender_answered",
    ]
