"""Small files, small functions: what a reader can take in at once."""

from pathlib import Path
from statistics import median

from tests.architecture.tree import PRODUCT, functions, length, lines, modules, percentile

FILE_MEDIAN, FILE_P95, FILE_LIMIT, TEST_FILE_LIMIT = 80, 250, 400, 500
FUNCTION_MEDIAN, FUNCTION_P95, FUNCTION_LIMIT = 8, 30, 60


def longer_than(limit: int, files: list[Path]) -> dict[str, int]:
    return {str(file): lines(file) for file in files if lines(file) > limit}


def test_files_are_short() -> None:
    sizes = [lines(file) for file in modules(*PRODUCT)]
    assert median(sizes) <= FILE_MEDIAN
    assert percentile(sizes, 0.95) <= FILE_P95


def test_no_file_is_beyond_reading() -> None:
    assert longer_than(FILE_LIMIT, list(modules(*PRODUCT))) == {}
    assert longer_than(TEST_FILE_LIMIT, list(modules("tests"))) == {}


def test_functions_are_short() -> None:
    sizes = [length(function) for file in modules(*PRODUCT) for function in functions(file)]
    assert median(sizes) <= FUNCTION_MEDIAN
    assert percentile(sizes, 0.95) <= FUNCTION_P95


def test_no_function_is_beyond_reading() -> None:
    long = {
        f"{file}:{function.lineno} {function.name}": length(function)
        for file in modules(*PRODUCT, "tests")
        for function in functions(file)
        if length(function) > FUNCTION_LIMIT
    }
    assert long == {}
