"""The metrics in the text format of Prometheus, made on request; its library is imported then, see `app.metrics`."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.metrics import BUCKETS, Metrics
from app.serving.blends import LABEL
from app.serving.snapshots import Models
from model import __version__
from model.corpus.examples import OPTION

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True, eq=False)  # a registry hashes it
class Collector:
    """The metrics of one moment, as a collector of `prometheus_client`."""

    metrics: Metrics
    models: Models

    def collect(self) -> Iterator[Metric]:
        """The families of metrics, each with the values that are known."""
        yield from self._of_requests()
        yield from self._of_models()
        yield from self._of_database()

    def _of_requests(self) -> Iterator[Metric]:
        from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, InfoMetricFamily

        build = {"version": __version__, "python": platform.python_version()}
        yield InfoMetricFamily("namewright_build", "The software that runs.", value=build)
        requests = CounterMetricFamily(
            "namewright_requests", "Requests answered.", labels=["route", "method", "status"]
        )
        for (route, method, status), count in list(self.metrics.requests.items()):
            requests.add_metric([route, method, str(status)], count)
        yield requests
        latencies = HistogramMetricFamily(
            "namewright_request_duration_seconds", "Time until the last byte was sent.", labels=["route", "method"]
        )
        bounds = [*map(str, BUCKETS), "+Inf"]
        for labels, measured in list(self.metrics.latencies.items()):
            latencies.add_metric(labels, list(zip(bounds, measured.cumulative(), strict=True)), measured.seconds)
        yield latencies

    def _of_models(self) -> Iterator[Metric]:
        from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily

        drawn = CounterMetricFamily("namewright_names_drawn", "Names drawn.", labels=["model"])
        failures = CounterMetricFamily(
            "namewright_swap_failures", "Times that a version did not load that should serve.", labels=["model"]
        )
        versions = GaugeMetricFamily("namewright_model_version", "The version in service.", labels=["model"])
        degraded = GaugeMetricFamily(
            "namewright_model_degraded", "1 where another version serves than should.", labels=["model"]
        )
        loads = CounterMetricFamily(
            "namewright_version_loads", "Times that a version was loaded for a request.", labels=["model"]
        )
        evictions = CounterMetricFamily(
            "namewright_version_evictions", "Times that such a version made room for another.", labels=["model"]
        )
        yield GaugeMetricFamily(
            "namewright_version_cache_bytes",
            "Memory of the versions loaded for requests.",
            value=self.metrics.cached_bytes,
        )
        broken = {degradation.model for degradation in self.models.degraded}
        for family, counts in ((loads, self.metrics.loads), (evictions, self.metrics.evictions)):
            for name, count in counts.items():  # there may be hundreds that nobody asks for
                family.add_metric([name], count)
        for name, model in self.models.by_name.items():
            drawn.add_metric([name], self.metrics.names[name])
            failures.add_metric([name], self.metrics.swap_failures[name])
            degraded.add_metric([name], name in broken)
            if model.champion:
                versions.add_metric([name], model.champion.version)
        for name in broken - self.models.by_name.keys():  # files that are no models
            degraded.add_metric([name], 1)
        for label in (LABEL, OPTION):
            if label not in self.models.by_name:
                drawn.add_metric([label], self.metrics.names[label])
        yield from (drawn, failures, loads, evictions, versions, degraded)

    def _of_database(self) -> Iterator[Metric]:
        from prometheus_client.metrics_core import GaugeMetricFamily

        figures = self.metrics.known
        yield GaugeMetricFamily("namewright_database_up", "1 while the database answers.", value=figures is not None)
        if figures is None:
            return
        jobs = GaugeMetricFamily("namewright_jobs", "Trainings, by state.", labels=["state"])
        for state, count in figures.jobs.items():
            jobs.add_metric([state], count)
        yield jobs
        yield GaugeMetricFamily(
            "namewright_workers_alive", "Training workers heard of in the last 30 seconds.", value=figures.workers
        )
        yield GaugeMetricFamily(
            "namewright_workers_silent",
            "Training workers that have not stopped, and not been heard of since.",
            value=figures.silent,
        )
        yield GaugeMetricFamily(
            "namewright_disk_full",
            "1 while the disk of an SQLite database has no room for a training.",
            value=figures.shortage is not None,
        )


def expose(metrics: Metrics, models: Models) -> bytes:
    """The text, as `MEDIA_TYPE` has it."""
    from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest

    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(Collector(metrics, models))
    return generate_latest(registry)
