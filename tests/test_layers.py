"""The import rule of the house: an edge that it does not allow fails here, with the line that has it."""

import ast
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent
APPS = ["agencies", "submissions", "workflow", "reports", "pakn"]
PURE, MODELS, DOMAIN, FORMS, OUTER = range(5)
LAYERS = {
    "roles": PURE,
    "states": PURE,
    "calendar": PURE,
    "calendar_files": PURE,
    "codes": PURE,
    "encodings": PURE,
    "periods": PURE,
    "phones": PURE,
    "text": PURE,
    "procedure": PURE,
    "models": MODELS,
    "migrations": MODELS,
    "forms": FORMS,
    "register_forms": FORMS,
    "organisation_forms": FORMS,
    "account_forms": FORMS,
    "follow_forms": FORMS,
    "views": OUTER,
    "urls": OUTER,
    "tasks": OUTER,
    "admin": OUTER,
    "feeds": OUTER,
    "sitemaps": OUTER,
    "apps": OUTER,
    "checks": OUTER,
    "management": OUTER,
}
"""By the module's (or package's) name inside its app; every other module is domain."""
EXCEPTIONS = {("submissions.Case", "workflow.Approval")}
"""`Case.answer`: the database constraint that an answer is an approved one needs the real key."""
DRAWERS = {"utils", "util", "common", "helpers", "misc", "tools", "base", "core"}


def name_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))}
TREES = {module: ast.parse(path.read_text(), str(path)) for module, path in MODULES.items()}


def imports_of(module):
    """Every (module of this project, line) that `module` imports; `from package import module` counts as the module."""
    package = module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            ancestors = package.split(".")
            start = ancestors[: len(ancestors) - node.level + 1] if node.level else []
            base = ".".join([*start, *(node.module or "").split(".")]).strip(".")
            inner = [f"{base}.{alias.name}" for alias in node.names if f"{base}.{alias.name}" in MODULES]
            found = [*inner, base] if not inner or len(inner) < len(node.names) else inner
        else:
            continue
        yield from ((name, node.lineno) for name in found if name in MODULES and name != module)


def place_of(module):
    """(layer, position of the app from the left); an app's bare package is an empty one, below everything."""
    parts = module.split(".")
    if len(parts) == 1:
        return PURE, 0
    layer = OUTER if parts[0] == "pakn" else LAYERS.get(parts[1], DOMAIN)
    return layer, APPS.index(parts[0])


def may_import(importer, imported):
    layer, app = place_of(importer)
    low_layer, low_app = place_of(imported)
    return low_layer < layer or (low_layer == layer and low_app <= app)


def test_every_import_goes_to_a_lower_layer_or_within_its_own_to_its_own_app_or_one_to_the_left():
    broken = [
        f"{module}:{line} imports {imported}"
        for module in MODULES
        for imported, line in imports_of(module)
        if not may_import(module, imported)
    ]
    assert broken == []


@pytest.mark.parametrize(
    ("importer", "imported", "allowed"),
    [
        ("workflow.engine", "submissions.models", True),
        ("submissions.models", "workflow.states", True),
        ("workflow.engine", "submissions.intake", True),
        ("submissions.intake", "workflow.engine", False),
        ("submissions.views", "workflow.views", False),
        ("submissions.views", "workflow.engine", True),
        ("workflow.engine", "workflow.forms", False),
        ("agencies.calendar", "agencies.models", False),
        ("agencies.limits", "pakn.settings", False),
    ],
)
def test_the_rule_itself(importer, imported, allowed):
    assert may_import(importer, imported) is allowed


def test_the_apps_own_packages_are_empty_so_that_importing_one_module_imports_no_other():
    assert [app for app in APPS if (ROOT / app / "__init__.py").read_text().strip()] == []


def test_no_module_imports_inside_a_function():
    found = [
        f"{module}:{node.lineno}"
        for module, tree in TREES.items()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert found == []


def test_no_circle_of_imports():
    graph = {module: {imported for imported, _ in imports_of(module)} for module in MODULES}
    while free := {module for module, wanted in graph.items() if not wanted & graph.keys()}:
        graph = {module: wanted for module, wanted in graph.items() if module not in free}
    assert sorted(graph) == []


def test_relations_between_models_point_to_their_own_app_or_one_to_the_left():
    """String foreign keys and generic ones hide from the imports; the models themselves know."""
    edges = {
        (model._meta.label, field.related_model._meta.label)
        for model in apps.get_models()
        if model._meta.app_label in APPS
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model is not None
        if field.related_model._meta.app_label in APPS
    }
    position = {label: APPS.index(label.split(".")[0]) for edge in edges for label in edge}
    assert {edge for edge in edges if position[edge[1]] > position[edge[0]]} == EXCEPTIONS


def assigned_attributes(tree):
    """(attribute, line) of each assignment, `update(attribute=…)` and `setattr`; on a case, any `setattr` counts."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr, node.lineno
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
            yield from ((keyword.arg, node.lineno) for keyword in node.keywords)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "setattr":
            target, attribute = node.args[:2]
            if isinstance(attribute, ast.Constant):
                yield attribute.value, node.lineno
            elif ast.unparse(target).endswith("case"):
                yield "state", node.lineno


def test_only_the_engine_assigns_the_state_of_a_case():
    writers = {
        f"{module}:{line}"
        for module, tree in TREES.items()
        if module != "workflow.engine" and ".migrations." not in module
        for attribute, line in assigned_attributes(tree)
        if attribute == "state"
    }
    assert writers == set()


def test_no_module_is_a_drawer():
    assert [module for module in MODULES if DRAWERS & set(module.split("."))] == []
