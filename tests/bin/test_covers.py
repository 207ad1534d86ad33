from tests.covers import checklist_ids, summary


def test_the_checklist_names_every_line_once():
    ids = checklist_ids()

    assert {name[:2] for name in ids} == {"S0", "S1", "S2", "S3", "S4"}
    assert len(ids) == len(set(ids))


def test_the_summary_counts_by_manual_and_names_what_is_missing():
    lines = summary(["S0-01", "S0-02", "S1-01"], {"S0-02", "S1-01"})

    assert lines == ["S0: 1 of 2 covered; not: S0-01", "S1: 1 of 1 covered"]
