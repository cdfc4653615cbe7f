"""Everything is annotated, says what it promises, and bears a name of the field."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import PRODUCT, Function, functions, modules, parsed, text

EMPTY_CLASS_WORDS = {"Manager", "Helper", "Helpers", "Util", "Utils", "Data", "Info"}
EMPTY_MODULES = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager"}
SHADOWING_MODULES = {"types", "logging", "email", "calendar", "queue", "select"}
BROAD = {"Exception", "BaseException"}
THE_PLACE = Path("shared/supervision.py")
"""The one file that may keep whatever goes wrong."""
ROLLING_BACK = {Path("shared/documents/sqlite.py"), Path("services/reporting/views/warehouse.py")}
"""The files that undo half a change and let whatever went wrong go on."""

ALL = (*PRODUCT, "tests")


def bare_parameters(function: Function) -> Iterator[str]:
    taken = function.args
    positional = [*taken.posonlyargs, *taken.args]
    if positional and positional[0].arg in {"self", "cls"}:
        positional = positional[1:]
    starred = [one for one in (taken.vararg, taken.kwarg) if one]
    yield from (one.arg for one in (*positional, *taken.kwonlyargs, *starred) if one.annotation is None)


def catches_all(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    return bool(BROAD & {name.id for name in ast.walk(handler.type) if isinstance(name, ast.Name)})


def passes_on(handler: ast.ExceptHandler) -> bool:
    """Say whether a handler only cleans up, such as a roll-back, and lets the error go on as it was."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def test_every_function_is_annotated() -> None:
    bare = [
        f"{file}:{function.lineno} {function.name}"
        for file in modules(*ALL)
        for function in functions(file)
        if function.returns is None or list(bare_parameters(function))
    ]
    assert bare == []


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(file)
        for file in modules(*ALL)
        if not ast.get_docstring(parsed(file)) and not (file.parts[0] == "tests" and file.name == "__init__.py")
    ]
    assert silent == []


def test_every_public_class_says_what_it_promises() -> None:
    silent = [
        f"{file}:{node.lineno} {node.name}"
        for file in modules(*PRODUCT)
        for node in parsed(file).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert silent == []


def test_every_port_says_what_each_method_promises() -> None:
    silent = [
        f"{file}:{method.lineno} {node.name}.{method.name}"
        for file in modules(*PRODUCT)
        for node in parsed(file).body
        if isinstance(node, ast.ClassDef) and any("Protocol" in ast.unparse(base) for base in node.bases)
        for method in node.body
        if isinstance(method, Function) and not ast.get_docstring(method)
    ]
    assert silent == []


def test_what_goes_wrong_is_caught_by_its_name() -> None:
    broad = {
        (file, passes_on(handler))
        for file in modules(*ALL)
        for handler in ast.walk(parsed(file))
        if isinstance(handler, ast.ExceptHandler) and catches_all(handler)
    }
    assert broad == {(THE_PLACE, False)} | {(file, True) for file in ROLLING_BACK}


def test_a_silenced_type_error_has_its_code_and_its_reason() -> None:
    marks = re.compile(r"#\s*type:\s*ignore(?P<code>\[[a-z-]+(, ?[a-z-]+)*\])?(?P<reason>\s+#\s+\S.*)?")
    silenced = [
        f"{file}: {found.group()}"
        for file in modules(*ALL)
        for found in marks.finditer(text(file))
        if "marks = re.compile" not in text(file) and not (found["code"] and found["reason"])
    ]
    assert silenced == []


def test_no_class_hides_behind_an_empty_word() -> None:
    vague = [
        f"{file}: {node.name}"
        for file in modules(*ALL)
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.ClassDef) and EMPTY_CLASS_WORDS & set(re.findall(r"[A-Z][a-z]*", node.name))
    ]
    assert vague == []


def test_no_module_has_an_empty_or_a_borrowed_name() -> None:
    banned = EMPTY_MODULES | SHADOWING_MODULES
    assert [str(file) for file in modules(*ALL) if banned & {*file.parts, file.stem}] == []


def test_nothing_is_left_for_later() -> None:
    marks = re.compile(r"(?<![\w-])(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)(?![\w-])")
    assert [str(file) for file in modules(*ALL) if marks.search(text(file))] == []
