"""Reads a run as fast as it can until its standard input ends: `python -m helpers.reader_process RUN_DIR`.

Prints how often it loaded the model, and every time that there was none though there was a checkpoint.
"""

from __future__ import annotations

import json
import select
import sys
import time
from pathlib import Path

from mftui.errors import MftuiError
from mftui.runs.store.metrics import MetricsTail
from mftui.runs.store.run import Run

if __name__ == "__main__":
    run = Run(Path(sys.argv[1]))
    tail = MetricsTail(run.metrics_path)
    loads, faults = 0, []
    seen = False
    while not select.select([0], [], [], 0)[0]:
        seen = seen or run.checkpoint_path.exists()
        try:
            model = run.load_factors()
            assert abs(float(model.parameters.user_factors.sum())) < 1e9
            loads += 1
        except MftuiError as error:
            if seen:
                faults.append(str(error))
        if run.state == "unreadable":
            faults.append("the status is unreadable")
        tail.poll()
        if tail.skipped:
            faults.append(f"{tail.skipped} lines of metrics are no lines")
        time.sleep(0.005)
    print(json.dumps({"loads": loads, "faults": faults[:10]}))
