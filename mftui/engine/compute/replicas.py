"""Several devices, several workers: which strategy of tf.distribute a training goes by, and what workers agree on."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mftui.engine.compute.arrival import exchange_addresses, meet
from mftui.engine.compute.cluster import Cluster, find_cluster, require_asked
from mftui.engine.compute.slurm import share_of
from mftui.errors import TrainingError
from mftui.settings import load_settings


class Devices:
    """The replicas of a training, one on each device, and what the workers that have them agree on.

    Parameters
    ----------
    strategy: of tf.distribute; None where there is one device, and nothing to agree on.
    cluster: the workers, where there are several.
    address: where this worker listens.
    """

    def __init__(
        self, kind: str = "one-device", strategy: Any = None, cluster: Cluster | None = None, address: str = ""
    ) -> None:
        self.kind, self.strategy, self._cluster, self.address = kind, strategy, cluster, address
        self._sum: Any = None

    @property
    def replicas(self) -> int:
        """Count the replicas of all workers."""
        return int(self.strategy.num_replicas_in_sync) if self.strategy else 1

    @property
    def workers(self) -> int:
        return self._cluster.workers if self._cluster else 1

    @functools.cached_property
    def mine(self) -> range:
        """Return the numbers of this process's replicas."""
        if self.strategy is None:
            return range(1)
        found: list[int] = []

        def note(context: Any) -> int:
            found.append(context.replica_id_in_sync_group)
            return 0

        self.strategy.experimental_distribute_values_from_function(note)
        return range(min(found), max(found) + 1)

    def scope(self) -> AbstractContextManager[Any]:
        """Return the scope in which to make variables, one copy for each replica."""
        scope: AbstractContextManager[Any] = self.strategy.scope() if self.strategy else nullcontext()
        return scope

    @contextmanager
    def worker_errors(self) -> Iterator[None]:
        """Raise TrainingError if another worker fails during what is done within."""
        import tensorflow as tf

        errors = tf.errors
        lost = (errors.DeadlineExceededError, errors.UnavailableError, errors.AbortedError, errors.CancelledError)
        try:
            yield
        except lost as error:
            if self._cluster is None:
                raise
            raise TrainingError(
                "a worker no longer answers: it was killed, has failed, or cannot be reached.",
                hint="Go on with --resume on all workers that there are now; what was saved is kept.",
            ) from error

    def any(self, *flags: bool) -> tuple[bool, ...]:
        """Return of each flag whether any worker has set it. All must call this at the same point."""
        if self._cluster is None:
            return flags
        return tuple(self._summed(np.array(flags, dtype=np.float64)) > 0)

    def same(self, text: str) -> bool:
        """Return whether all workers have the same text. All must call this at the same point."""
        if self._cluster is None:
            return True
        digest = np.frombuffer(hashlib.sha256(text.encode()).digest(), dtype="<u2").astype(np.float64)
        total, squares = self._summed(np.stack([digest, digest**2]))
        return bool((total**2 == self.replicas * squares).all())  # equal in Cauchy and Schwarz's inequality

    def from_chief(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the chief's values on every worker. All must call this at the same point."""
        if self._cluster is None:
            return values
        mine = values * np.float32(self._cluster.chief)
        return np.asarray(self._summed(mine) / np.float32(self.replicas // self.workers))

    def _summed(self, values: NDArray[Any]) -> NDArray[Any]:
        """Sum over all replicas; those of one worker have the same values."""
        import tensorflow as tf

        def replica(mine: Any) -> Any:
            return tf.distribute.get_replica_context().all_reduce("SUM", tf.identity(mine))

        if self._sum is None:
            self._sum = tf.function(lambda mine: self.strategy.run(replica, args=(mine,)), autograph=False)
        with self.worker_errors():
            found = self._sum(tf.constant(values))
            return np.asarray(self.strategy.experimental_local_results(found)[0])


ALONE = Devices()
JOINING = ("auto", "multi-worker")
"""Strategies by which a process joins its cluster, if it has one."""


def find_devices(asked: str, n_gpus: int) -> Devices:
    """Choose the devices for `--strategy asked` among those TensorFlow sees; without a cluster, this process alone."""
    cluster = find_cluster()
    if cluster and asked in JOINING:
        require_asked(asked, cluster)
        return _several_workers(cluster, n_gpus)
    if asked == "mirrored" or (asked == "auto" and n_gpus > 1):
        return _mirrored("GPU" if n_gpus else "CPU")
    return ALONE


def share_of_gpus(found: list[Any], asked: str) -> list[Any]:
    """Return those of the GPUs `found` that this process may use: the tasks of a Slurm step share those of a node."""
    cluster = find_cluster()
    if found and cluster and cluster.step and asked in JOINING:
        return share_of(found, cluster.step, meet(cluster).task_nodes)
    return found


def _mirrored(kind: str) -> Devices:
    import tensorflow as tf

    return Devices("mirrored", tf.distribute.MirroredStrategy([d.name for d in tf.config.list_logical_devices(kind)]))


@functools.cache
def _several_workers(cluster: Cluster, n_gpus: int) -> Devices:
    """Join the cluster once all workers have started; a process can join only one, once."""
    import tensorflow as tf

    wait_s = load_settings().worker_seconds
    resolvers = tf.distribute.cluster_resolver
    if cluster.step is None:
        resolver, address = resolvers.TFConfigClusterResolver(), cluster.address
    else:
        addresses = exchange_addresses(meet(cluster), n_gpus)
        address, spec = addresses[cluster.step.task], tf.train.ClusterSpec({"worker": addresses})
        resolver = resolvers.SimpleClusterResolver(
            spec, task_type="worker", task_id=cluster.step.task, num_accelerators={"GPU": n_gpus}, rpc_layer="grpc"
        )
    options = tf.distribute.experimental.CommunicationOptions(timeout_seconds=wait_s)
    try:
        with nullcontext() if cluster.step is None else meet(cluster).joining():
            strategy = tf.distribute.MultiWorkerMirroredStrategy(resolver, options)
    except tf.errors.OpError as error:
        raise TrainingError(f"the workers could not join: {str(error).splitlines()[0][:200]}") from error
    return Devices("multi-worker", strategy, cluster, address)
