"""The terms of the field in plain words, for the help."""

from __future__ import annotations

WORDS: tuple[tuple[str, str], ...] = (
    ("rating", "What a user gave a film, such as 4 of 5 stars. It is what the model learns from."),
    ("prediction", "What the model expects a user to give a film that the user may not have seen. Column Model: the "
     "prediction beside a rating; Model 1 and Model 2: of run 1 and run 2."),
    ("error", "A prediction less the rating: above 0, the model expected too much."),
    ("part, test", "Whether a rating was held out (test) or trained on (train). Beside two runs: in whose test it is."),
    ("mean", "The mean of all ratings of a film, or of a user."),
    ("title, genres", "What the data says of a film; Year, Tags, and Movie id, IMDb id and TMDb id, too. Ratings: how "
     "many the film has."),
    ("users, you", "Users are those of the data. You are not one of them: your own ratings are under You."),
    ("factor", "A number that a user and a film each have: where both are large, the user likes what the film has. "
     "Nobody names the factors; training finds them. By default a member has a dozen or two."),
    ("taste", "The factors learned from what people thought of films: their ratings."),
    ("audience", "The factors learned from who watched what, and how gladly. A user is the sum of what they rated."),
    ("bias", "How many stars more than films on average somebody of whom nothing is known would give a film; and how "
     "many more than such a person a user gives."),
    ("everybody", "What somebody of whom nothing is known would rate films on average: about the mean of all ratings."),
    ("neighbour", "A film with similar factors. Cosine 1 is the same direction, 0 nothing in common."),
    ("metric", "How similarity is measured. Cosine: by direction. Dot: by the dot product as a share of the film's "
     "own, 1 is the film itself. Full: the same, not reduced where ratings are few. Dist.: euclidean distance, the "
     "smallest first."),
    ("training", "Changing the factors in small steps so that predictions come closer to the ratings."),
    ("recipe", "A way to train: the model's form, its defaults, and where it comes from."),
    ("preset", "Settings of a recipe that have a name, such as default, fast or careful; on Train, and --preset."),
    ("loss", "What training makes small, step by step: of most recipes the squared error of the ratings and the pull "
     "of the factors towards zero; of post2019 the squared error of all cells of the matrix, a missing rating being 0; "
     "of the audience part that of who watched what. Compare it only within a recipe. Legend: one batch, mean of a "
     "pass."),
    ("ratings/s", "How fast it learns: ratings that a training goes through in a second."),
    ("rescaled", "Of recipe post2019: what it predicts is no rating. Numbers in its lists are brought to the mean and "
     "the spread of the ratings by a straight line, or as its setting scaling says: go by the order."),
    ("order", "The place on a list, of a recipe whose numbers are rescaled."),
    ("k", "How many factors a model has in each of its members: in the line at the top and on Runs. With 8 members of "
     "12 factors, a film has 96."),
    ("setting, value", "What one can set on Train, and what it was in this run."),
    ("epoch", "One pass over all the ratings that are trained on."),
    ("step", "One small change of the factors, from a part of the ratings, a batch."),
    ("learning rate", "How large the steps are: too large and the training diverges, too small and it takes long."),
    ("regularization", "A pull of all factors towards zero, so that few ratings do not say too much."),
    ("split", "Most ratings are used for training; the test part is held out, so that the model is measured on ratings "
     "it has not seen. Compare errors of the same split only."),
    ("validation", "A part of the training ratings used only to measure: training stops when its error does not fall. "
     "In a chart, ◆ (or *) is where it was lowest."),
    ("RMSE", "How far predictions are off, in stars: the root of the mean squared error. 0 is perfect; on "
     "ml-latest-small 0.83 is good, and always saying the mean gives about 1.05. Test RMSE is that of the test part."),
    ("MAE", "The mean absolute error: how many stars a prediction is off; large errors do not count more."),
    ("overfitting", "Training RMSE falls and validation RMSE rises: the model learns the ratings by heart."),
    ("early stop", "Training ends when validation has not improved for a while; the best model is kept."),
    ("state", "Of a run: finished, stopped, failed and so on. Started: when. Learning: how long it learned, without "
     "reading and measuring. Size: of its files. Data: what it learned from. Id, Note, Tags: to find it again."),
    ("divergence", "The numbers grow beyond all bounds. Lower the learning rate; the last good model is kept."),
    ("score", "What a list is ranked by where that is not the predicted rating alone; of neighbours, how near they "
     "are. It has no unit: compare it within a list."),
    ("1, 2, change", "A film's places in the lists of run 1 and run 2, and what became of it from 1 to 2. new, gone: "
     "it is not on the other list. 2 - 1: how much higher run 2 predicts."),
    ("like, watch", "What a list is ranked by: the predicted rating, or how likely the film is to be watched at all."),
    ("Watch 99%", "No probability: of 100 films that are not rated yet, 99 are less likely to be watched."),
    ("folding in", "Finding the factors of somebody who is not in the data from their ratings, with the films' factors "
     "fixed. Nothing is trained, so You updates at once."),
    ("because, stars", "Because you gave: which of your ratings speak most for a film. What a prediction is made of: "
     "everybody, this film, the user and their ratings. Each rating adds or takes stars; all of it adds up to the "
     "prediction. Training: what the trained model knows beyond."),
    ("P(seen), gain", "Of a film to rate next: the probability that you have seen it, and how much of the uncertainty "
     "about your taste its rating would remove (Info gain)."),
    ("member, draw", "A model can be the mean of several members. Those of recipe biased differ in their random start; "
     "those of recipe bayes are posterior draws: models about equally probable given the ratings; legend: one draw, "
     "validation. How far they are apart is their disagreement; it widens a +/-, and is no +/- itself."),
    ("+/-", "How far the rating itself may be from the prediction, in stars: 90 % of ratings lie so near. It is "
     "measured on ratings held out of training. People with few ratings, and films that few rated, have a wider one."),
    ("interval, bar", "From prediction less +/- to prediction plus +/-, within the scale: 9 of 10 ratings lie in it. "
     "Without held-out ratings there is none."),
    ("how probable", "On the page of why, if the run has an ordinal likelihood: a bar for each rating, with its "
     "probability in %. The predicted rating is their mean; two humps mean a film that one loves or hates."),
    ("safe bets", "Films sorted by the lower end of their intervals. Adventurous: by the upper end, so that films the "
     "model knows little about come early."),
    ("calibration", "Whether intervals are right: p % of the test ratings should lie within the p % interval. The "
     "widths are set on half of the users and tried on the other half. i on Runs."),
    ("taste alone", "A ranking without biases: what fits this user, popular or not."),
    ("coverage", "The share of all films that are recommended to at least one user."),
    ("NDCG@k", "How well the first k of a list match what the user liked in the test part; 1 is the best order."),
    ("run", "One training with its settings, its curve, its log and its model, in a directory of its own."),
    ("rated on", "When you rated a film."),
    ("#, column, is", "Of a file that is read: # and Column are the number and the name of a column, First values what "
     "stands there, Is what mftui takes them for."),
    ("sample", "The data that comes with mftui: real titles, made-up (synthetic) ratings."),
    ("principal axis", "A direction in which films differ. The factors are rotated so that they differ most along the "
     "first axis, and so on; predictions stay the same. The films at its two ends (- end, + end) show what it is "
     "about. Axis: its number. Share: of the variance. Users: how far apart users lie."),
    ("logit", "What the model adds up for a prediction: biases and factors. A curve, the sigmoid, makes it a rating "
     "of the scale; recipes without that curve (als, bayes, funk) add up ratings at once."),
    ("variance", "How much films differ along an axis; its share of the total shows how much the axis matters."),
    ("correlation", "How much two things go together: 1 always, 0 not at all, -1 the opposite."),
    ("t-SNE", "A way to draw films so that films with similar factors are close; large distances mean little."),
    ("trash", "Where deleted runs lie until mftui runs prune empties it."),
)  # fmt: skip
"""(word, explanation), in an order that can be read from the top."""
