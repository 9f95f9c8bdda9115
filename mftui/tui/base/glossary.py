"""The words of the field, in plain words: for the help."""

from __future__ import annotations

WORDS: tuple[tuple[str, str], ...] = (
    ("rating", "What a user gave a film, such as 4 of 5 stars. All that the model learns from."),
    ("prediction", "What the model expects a user to give a film that the user may not have seen."),
    ("factor",
     "A number that a user and a film each have: where both are large, the user likes what the film has. "
     "Nobody names the factors; training finds them. A model has a dozen or so."),
    ("taste", "The factors learned from what people thought of films: their ratings."),
    ("audience", "The factors learned from who watched what, whatever they thought of it. Neighbours need both."),
    ("bias",
     "How much higher or lower than others a film is rated whoever rates it, or a user rates whatever the film. "
     "Given in logits: +1 is about one star in the middle of five."),
    ("neighbour", "A film whose factors are much the same. Cosine 1 is the same direction, 0 nothing in common."),
    ("metric", "How nearness is measured: cosine (direction), dot (direction and length), euclidean (distance)."),
    ("training", "Changing the factors in small steps so that predictions come closer to the ratings."),
    ("recipe", "A way to train: the model's form, its defaults, and where it comes from."),
    ("preset", "Settings of a recipe under one word, such as fast or large; the form and --preset take it."),
    ("epoch", "One pass over all the ratings that are trained on."),
    ("step", "One small change of the factors, from a part of the ratings, a batch."),
    ("learning rate", "How large the steps are: too large and the training diverges, too small and it takes long."),
    ("regularization", "A pull of all factors towards zero, so that few ratings do not say too much."),
    ("split",
     "The ratings are parted: most are trained on, the test part is kept away, so that the model is judged by "
     "what it has not seen. A number without its split says nothing."),
    ("validation", "A part of the training ratings that is only looked at: when it stops getting better, so do we."),
    ("RMSE",
     "How far predictions are off, in stars: the root of the mean squared error. 0 is perfect; on MovieLens, 0.87 is "
     "good, and always saying the mean gives about 1.04."),
    ("MAE", "The same as a plain mean: how many stars a prediction is off, large errors not counting more."),
    ("overfitting", "Training RMSE falls and validation RMSE rises: the model learns the ratings by heart."),
    ("early stop", "Training ends when validation has not got better for a while; the best model is kept."),
    ("divergence", "The numbers grow beyond all bounds. Lower the learning rate; the last good model is kept."),
    ("like, watch", "What a list is ranked by: the rating expected, or how likely the film is to be watched at all."),
    ("folding in",
     "Finding the factors of somebody who is not in the data from their own ratings, the films' factors being as they "
     "are. No training; so You moves at once."),
    ("because, share",
     "What a rating of yours adds to a prediction, in logits: mean, biases and all shares add up to it."),
    ("seen, tells",
     "Of a film to rate next: how probably you have seen it, and how much of what is uncertain about you its rating "
     "would settle."),
    ("member, draw",
     "A model can be the mean of several members. Recipe biased trains some that differ in their start; those of "
     "recipe bayes are draws: models that the ratings leave about equally probable."),
    ("+/-",
     "How uncertain a predicted rating is, in stars. Between draws it is what the ratings leave open; between other "
     "members it is how far they disagree, no more."),
    ("interval, bar",
     "From the low to the high end of what a film may be worth to you; with draws it lies there with 80 % "
     "probability."),
    ("how probable",
     "On the page of why, where the run has an ordinal likelihood: a bar for each step, with its probability "
     "in %. The predicted rating is their mean; two humps are a film that one loves or hates."),
    ("safe bets",
     "Films in the order of the low end of their bars. Adventurous: in the order of the high end, so that films of "
     "which little is known come early."),
    ("calibration",
     "Whether intervals keep their word: of test ratings, p % should lie within the p % interval. i on Runs."),
    ("taste alone", "A ranking without biases: what fits this user, however well known or well liked it is."),
    ("coverage", "The share of all films that are recommended to anybody."),
    ("NDCG@k", "How well the first k of a list match what the user liked in the test part; 1 is the best order."),
    ("run", "One training with its settings, its curve, its log and its model, in a directory of its own."),
    ("sample", "The data that comes with mftui: real titles, made-up (synthetic) ratings."),
    ("principal axis",
     "A direction in which films differ. The factors are turned so that the first axis is the one in which they differ "
     "most, and so on; predictions stay the same. Films at its two ends say what it is about."),
    ("variance", "How much films differ along an axis; its share of all of it says how much the axis matters."),
    ("correlation", "How much two things go together: 1 always, 0 not at all, -1 the opposite; with how sure."),
    ("t-SNE", "A way to draw films so that those near in all factors are near on the map; far apart says little."),
    ("trash", "Where deleted runs lie until mftui runs prune empties it."),
)  # fmt: skip
"""(word, explanation), in an order that can be read from the top."""
