from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Measure no coverage here: benchmarks run what the tests of each module measure, thousands of times."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("no_cover")
