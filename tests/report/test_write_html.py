"""The page of a comparison."""

import re

import pytest

from imblearn_bbfl.report import write_html


@pytest.fixture(scope="module")
def page(comparison, paths, tmp_path_factory):
    path = tmp_path_factory.mktemp("out") / "new" / "report.html"
    settings = {"data": paths[0], "command": f"compare --data {paths[0]}"}
    return write_html(comparison, path, X=paths, settings=settings).read_text(encoding="utf-8")


def test_it_needs_no_other_file(page):
    sources = re.findall(r'(?:src|href)="([^"]{0,30})', page)
    assert len(sources) == 2 + 3 + 2 + 12
    assert all(source.startswith("data:image/") for source in sources)
    assert "url(" not in page
    assert "<script" not in page


def test_it_tells_no_folder_of_the_machine(page, paths):
    assert "eye_" in page
    for secret in ("secret place", "photos/", str(paths[0])[:8]):
        assert secret not in page


def test_rows_that_were_not_compared_are_refused(comparison, paths, tmp_path):
    with pytest.raises(ValueError, match=r"X has 47 rows, but 48 were compared\. Pass all of them"):
        write_html(comparison, tmp_path / "report.html", X=paths[1:])
