"""What people are told of an import."""

from apps.exchange.domain.dry_run import DryRun


def outcome_sentence(outcome: DryRun) -> str:
    counts = outcome.counts()
    said = f"新增 {counts['new']:,}，变更 {counts['changed']:,}，不变 {counts['unchanged']:,}"
    return said + (f"，错误 {counts['wrong']:,}" if counts["wrong"] else "")
