"""Golden vectors for the cost model of @halftone/tuner: what the xgboost package predicts for the same rows and hyper-parameters.

    .venv/bin/python boosted_trees.py > ../../packages/tuner/src/model/fixtures/xgboost.json

Rows are made by a small generator of their own, with many equal values, as one-hot columns and a few counts have them. Ranking uses all pairs
without normalization, the one variant of rank:pairwise that draws no pairs at random.
"""
import json
import sys

import numpy
import xgboost

SETTINGS = [
    ("squared-error", dict(rounds=200, eta=0.3, maxDepth=6, **{"lambda": 1}, gamma=1, minChildWeight=1, baseScore=0.5)),
    ("squared-error", dict(rounds=50, eta=0.15, maxDepth=6, **{"lambda": 1}, gamma=3, minChildWeight=1, baseScore=0.5)),
    ("squared-error", dict(rounds=40, eta=0.1, maxDepth=3, **{"lambda": 0}, gamma=0, minChildWeight=4, baseScore=12.5)),
    ("squared-error", dict(rounds=20, eta=1, maxDepth=2, **{"lambda": 5}, gamma=200, minChildWeight=1, baseScore=0)),
    ("pairwise", dict(rounds=60, eta=0.3, maxDepth=6, **{"lambda": 1}, gamma=0, minChildWeight=1, baseScore=0)),
    ("pairwise", dict(rounds=40, eta=0.1, maxDepth=3, **{"lambda": 2}, gamma=0.5, minChildWeight=0.1, baseScore=0.5)),
]


def rows(seed, count, groups):
    draw = numpy.random.default_rng(seed)
    choices = draw.integers(0, 4, (count, 4))
    one_hot = numpy.concatenate([numpy.eye(4)[choices[:, column]] for column in range(4)], axis=1)
    counts = draw.integers(0, 60, (count, 2)).astype(float)
    features = numpy.concatenate([one_hot, counts, draw.normal(size=(count, 1)).round(3)], axis=1).astype(numpy.float32)
    effects = draw.normal(size=(features.shape[1],)) * 10
    targets = (features @ effects / 10 + 30 * (choices[:, 0] == choices[:, 1]) + draw.normal(size=count)).round(2).astype(numpy.float32)
    group = numpy.sort(draw.integers(0, groups, count))
    return features, targets, group


def train(objective, options, features, targets, group):
    parameters = {
        "tree_method": "exact",
        "eta": options["eta"],
        "max_depth": options["maxDepth"],
        "lambda": options["lambda"],
        "gamma": options["gamma"],
        "min_child_weight": options["minChildWeight"],
        "base_score": options["baseScore"],
        "nthread": 1,
    }
    matrix = xgboost.DMatrix(features, targets)
    if objective == "pairwise":
        matrix = xgboost.DMatrix(features, targets, qid=group)
        parameters |= {
            "objective": "rank:pairwise",
            "lambdarank_pair_method": "topk",
            "lambdarank_num_pair_per_sample": len(targets),
            "lambdarank_normalization": False,
            "lambdarank_score_normalization": False,
        }
    else:
        parameters["objective"] = "reg:squarederror"
    return xgboost.train(parameters, matrix, options["rounds"])


def case(index, objective, options):
    features, targets, group = rows(index, 120, 5)
    unseen = rows(index + 100, 40, 5)[0]
    booster = train(objective, options, features, targets, group)
    predictions = booster.predict(xgboost.DMatrix(numpy.concatenate([features, unseen])))
    return {
        "objective": objective,
        "options": options,
        "features": [[float(f"{value:.9g}") for value in row] for row in features.tolist()],
        "targets": [float(f"{value:.9g}") for value in targets.tolist()],
        "groups": group.tolist(),
        "unseen": [[float(f"{value:.9g}") for value in row] for row in unseen.tolist()],
        "predictions": [float(f"{value:.9g}") for value in predictions.tolist()],
    }


cases = [case(index, *setting) for index, setting in enumerate(SETTINGS)]
lines = ",\n".join(json.dumps(each, separators=(",", ":")) for each in cases)
sys.stdout.write(f'{{"xgboost":"{xgboost.__version__}","cases":[\n{lines}\n]}}\n')
