"""Train a recipe in a process of its own, and print its memory estimate beside the process's peak, in bytes."""

from __future__ import annotations

import json
import sys

from mftui.engine.recipes import find_recipe
from mftui.engine.training.memory import Sizes
from mftui.runs.store.request import TrainRequest
from mftui.runs.store.run import create_run
from mftui.runs.trainer.main import train

if __name__ == "__main__":
    data, recipe, hyper = sys.argv[1:]
    run = create_run(TrainRequest(data=data, recipe=recipe, hyper=json.loads(hyper)))
    document = train(run, own_process=True)
    sizes = Sizes(document["n_users"], document["n_movies"], document["n_train"] + document["n_test"])
    estimate = find_recipe(recipe).estimate(sizes, run.config().hyper).total
    print(json.dumps({"estimate": estimate, "peak": int(document["peak_rss_mb"] * 2**20)}))
