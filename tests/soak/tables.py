"""What is printed of a run: a line a minute, and tables at the end."""

from __future__ import annotations

from collections.abc import Sequence

from tests.soak.footprint import Sample
from tests.soak.ledger import Ledger, milliseconds
from tests.soak.mix import PLAIN
from tests.soak.verdict import Quarter, in_mebibytes

HEADING = (
    f"{'minute':>6} {'answers':>8} {'plain p50':>9} {'p99 ms':>7} {'service MiB':>11} {'fds':>4} {'thr':>4} "
    f"{'worker MiB':>10} {'fds':>4} {'thr':>4} {'helpers':>7} {'done':>5} {'refused':>7} {'failed':>6}"
)


def line(ledger: Ledger, samples: Sequence[Sample], begin: float, end: float) -> str:
    """What happened between two times, in seconds."""
    plain = ledger.between(begin, end, PLAIN)
    sample = samples[-1]
    worker = sample.worker
    of_worker = f"{in_mebibytes(worker.bytes):>10} {worker.descriptors:>4} {worker.threads:>4}" if worker else " " * 20
    return (
        f"{end / 60:6.1f} {len(ledger.between(begin, end)):8} {milliseconds(plain, 50):9.1f} "
        f"{milliseconds(plain, 99):7.1f} {in_mebibytes(sample.service.bytes):>11} {sample.service.descriptors:>4} "
        f"{sample.service.threads:>4} {of_worker} {sample.helpers:>7} {sum(ledger.done.values()):>5} "
        f"{sum(ledger.refusals.values()):>7} {len(ledger.failures):>6}"
    )


def of_kinds(ledger: Ledger, seconds: float) -> str:
    """Answers by kind: how many, and how long they took in the second quarter and in the last one."""
    lines = [
        f"{'kind':16} {'answers':>8} {'refused':>7} {'p50 ms':>17} {'p99 ms':>17}",
        f"{'':34}{'2nd, last quarter':>18}",
    ]
    for kind in sorted({answer.kind for answer in ledger.answers}):
        count = len(ledger.between(0, seconds + 1, kind))
        spans = ((seconds / 4, seconds / 2), (3 * seconds / 4, seconds + 1))
        cells = [
            f"{milliseconds(ledger.between(begin, end, kind), percentile):8.1f}"
            for percentile in (50, 99)
            for begin, end in spans
        ]
        lines.append(f"{kind:16} {count:8} {ledger.refusals[kind]:7} {' '.join(cells)}")
    lines += ["", *(f"{count:6} times {what}" for what, count in sorted(ledger.done.items()))]
    return "\n".join(lines)


def of_quarters(found: Sequence[Quarter]) -> str:
    """What was held in each quarter."""
    rows: list[tuple[str, list[str]]] = []
    for name in ("service", "worker"):
        footprints = [getattr(quarter, name) for quarter in found]
        rows.append((f"{name}: private memory, MiB", [in_mebibytes(one.bytes) for one in footprints]))
        rows.append((f"{name}: descriptors", [str(one.descriptors) for one in footprints]))
        rows.append((f"{name}: threads", [str(one.threads) for one in footprints]))
    rows.append(("helpers at once, most", [str(one.most_helpers) for one in found]))
    rows.append(("their private memory, MiB, most", [in_mebibytes(one.helper_bytes) for one in found]))
    rows.append((f"{PLAIN} requests: p50, ms", [f"{one.usual_ms:.1f}" for one in found]))
    rows.append((f"{PLAIN} requests: p99, ms", [f"{one.slow_ms:.1f}" for one in found]))
    heading = f"{'median of the quarter':34}{''.join(f'{number + 1:>10}' for number in range(len(found)))}"
    return "\n".join([heading, *(f"{name:34}{''.join(f'{cell:>10}' for cell in cells)}" for name, cells in rows)])
