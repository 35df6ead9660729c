"""Codes and links that were sent before they were taken out at sending (R39)."""

from django.db import migrations

SENT = "(đã gửi; mã và đường dẫn dùng một lần không được giữ lại)"


def take_out(apps, schema_editor):
    sent = apps.get_model("workflow", "Message").objects.filter(notice__startswith="account_", sent_at__isnull=False)
    sent.update(body=SENT)


class Migration(migrations.Migration):
    dependencies = [("workflow", "0015_late_data_requests_are_told")]
    operations = [migrations.RunPython(take_out, migrations.RunPython.noop)]
