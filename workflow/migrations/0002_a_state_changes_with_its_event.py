"""On PostgreSQL the database itself refuses a change of state that no event tells: nothing goes around the engine."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION case_state_needs_its_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM workflow_caseevent
        WHERE id = (SELECT max(id) FROM workflow_caseevent WHERE case_id = NEW.id)
          AND "before" = OLD.state AND "after" = NEW.state
    ) THEN
        RAISE EXCEPTION 'case_state_needs_its_event: % becomes % without an event', OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$
"""
TRIGGER = """
CREATE TRIGGER case_state_needs_its_event BEFORE UPDATE OF state ON submissions_case
FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION case_state_needs_its_event()
"""


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTION, params=None)
        schema_editor.execute(TRIGGER)


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER case_state_needs_its_event ON submissions_case")
        schema_editor.execute("DROP FUNCTION case_state_needs_its_event()")


class Migration(migrations.Migration):
    dependencies = [("workflow", "0001_initial"), ("submissions", "0002_answers_and_constraints")]
    operations = [migrations.RunPython(guard, unguard)]
