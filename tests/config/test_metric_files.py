"""Figures of processes that ended are added up, and their files go."""

import os

from prometheus_client import CollectorRegistry, multiprocess
from prometheus_client.mmap_dict import MmapedDict, mmap_key

from config.metric_files import put_together


def counted(folder, pid, **views):
    file = MmapedDict(os.fspath(folder / f"counter_{pid}.db"))
    for view, value in views.items():
        file.write_value(mmap_key("asked", "asked_total", ["view"], [view], "help"), value, 0.0)
    file.close()


def figures(folder):
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry, path=os.fspath(folder))
    return {
        sample.labels["view"]: sample.value
        for metric in registry.collect()
        for sample in metric.samples
    }


def test_what_was_counted_stays_counted_in_one_file(tmp_path):
    for pid in range(101, 151):
        counted(tmp_path, pid, home=2, **{f"view{pid % 3}": 1})
    before = figures(tmp_path)
    for ended in ("gauge_all_101.db", "histogram_102.db"):
        (tmp_path / ended).touch()

    for pid in range(101, 150):
        put_together(tmp_path, pid)

    assert figures(tmp_path) == before == {"home": 100, "view0": 17, "view1": 16, "view2": 17}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["counter_0.db", "counter_150.db"]


def test_a_process_without_figures_leaves_nothing(tmp_path):
    put_together(tmp_path, 7)

    assert list(tmp_path.iterdir()) == []
