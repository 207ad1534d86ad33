"""系统代分: what institutions that did not report are allotted (rules §3a.11). Reads, plan and writes; no rights."""
