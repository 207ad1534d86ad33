"""历史采购量 as a province keeps it: workbooks, list, doubts (S2-07c). Writes are in `apps.reporting.services`."""
