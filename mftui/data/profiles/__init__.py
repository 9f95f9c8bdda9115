"""People's own ratings: the files that keep them, what comes in from elsewhere, and the movies that they mean."""
