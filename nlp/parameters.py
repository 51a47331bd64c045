"""Every number that shapes the ranking, each with how it was chosen (docs/decisions/ranking.md has the figures)."""

# BM25's saturation and length normalisation; the usual values, which no search on localgovFAQ beat clearly.
K1 = 1.2
B_QUESTION = 0.3
B_BODY = 0.75
# What the fields of an item count beside each other, in the order of how surely they name the matter.
TITLE_WEIGHT = 2.0
VOCABULARY_WEIGHT = 1.5
EXAMPLES_WEIGHT = 0.3
EXPLANATION_WEIGHT = 1.0
SECTION_WEIGHT = 0.5

# The translation model: pairs and words beyond these add time, not quality (1,786 pairs give the figures).
MOST_TRANSLATION_PAIRS = 2_500
LONGEST_TRANSLATION_SIDE = 80
TRANSLATION_ROUNDS = 6
TRANSLATIONS_KEPT = 12
LEAST_TRANSLATION = 0.01
# Shares of an item's own words, of what its body's and of what its questions' words translate to.
OWN_SHARE, BODY_SHARE, QUESTION_SHARE = 0.4, 0.3, 0.3
# Share of the item beside the whole collection in the language model (Jelinek-Mercer); best of 0.2, 0.5, 0.8.
ITEM_SHARE = 0.8
# A translated word that adds less than this is not indexed: 0.3 gave no better figures and a quarter more postings.
LEAST_EXPANSION = 1.0
# Bigrams, readings and synonyms that more than this share of the items have are not indexed, where items are many: of
# 1, 0.5, 0.3, 0.2, 0.15, 0.1 and 0.05 the best, and what makes a question's postings few.
COMMONEST_KEY = 0.15

# Latent factors (LSA); 100, 200 and 300 gave rising figures, 500 no more.
LATENT_FACTORS = 300
# Factors are learned from at most so many items: of 35,720, more cost building time and changed no figure.
LATENT_SAMPLE = 3_000
# Fewer items than this are too little text to learn factors from: on the ward's entries they added nothing.
LEAST_ITEMS_FOR_FACTORS = 500
# What the middle of an entry's example questions counts among its factors, beside its own text: of 0.5, 0.75 and 1,
# with and without the vectors, what raised R@10 of the other half of the queries most, whichever FAQ they were given.
EXAMPLES_AMONG_FACTORS = 1.0
# Words that are used alike (by the factors) stand for each other in an item's body: at most so many a word, above this
# likeness; 20 or 30 neighbours, or 100 factors, did a little worse.
NEIGHBOURS = 8
LEAST_LIKENESS = 0.3
LEAST_TEXTS_OF_NEIGHBOUR = 2
# A likeness that is left of a word by then, 0 to 1, is not indexed below this: 0.1 to 0.5 gave the same figures.
LEAST_STANDING_IN = 0.2
# Of more items than this, only some are compared feature by feature: those whose postings of the question's rarest
# terms, up to so many postings, add up best.
ALL_COMPARED = 4_096
COMPARED = 300
POSTINGS_LOOKED_AT = 40_000
# Only the items that are best by the other features are compared by latent factors.
LATENT_CANDIDATES = 200
# Feedback: where the best few items lie; of 4, 5, 6, 8, 10 and 20, more find more and put fewer right ones first.
FEEDBACK_ITEMS = 6

# Correcting: only words of some length, at most this many a question.
SHORTEST_CORRECTED = 3
MOST_CORRECTIONS = 2
CORRECTION_CUTOFF = 0.7

# Words that no text has, where there are factors: known words near in meaning stand in for each, at most so many, from
# this likeness of vectors on, and count its square; of 1, 2, 3, 5 and 8, 5 and 8 did best, the square better than 1.
STAND_INS = 5
LEAST_ALIKE = 0.4

# A current entry goes before an expired one whose fit is not better than by this factor.
EXPIRED_FACTOR = 0.97

# What each feature counts in the fused score. Fitted by `python -m tests.fit_ranking`: softmax likelihood of the right
# item over localgovFAQ's development queries (0.95) and left-out example questions of the ward (0.05). The last two
# were fitted anew, the others as they stand, when vectors came beside the factors: small collections have neither.
FEATURE_WEIGHTS = {
    "words": 0.22,
    "likest": 1.65,
    "word_cosine": 0.78,
    "translated": 2.14,
    "bigrams": 0.82,
    "bigram_cosine": 0.72,
    "readings": 0.7,
    "synonyms": 0.95,
    "latent": 3.5,
    "feedback": 1.5,
}

# What a dense ranker counts beside them, where the settings name a model: a quarter of the fit, which was best for our
# own features when each stood in for one. `python -m tests.fit_ranking FAQ QUERIES DIRECTORY` fits it for a model.
DENSE_WEIGHT = 4.33

# What the best item of a question has of each feature, roughly (the mean over localgovFAQ's development queries): for
# adding up features before the best is known.
TYPICAL_BEST = {
    "words": 18.0,
    "likest": 13.0,
    "word_cosine": 4.7,
    "translated": 16.0,
    "bigrams": 34.0,
    "bigram_cosine": 5.1,
    "readings": 50.0,
    "synonyms": 14.0,
}

# The chance of being right (nlp/confidence.py): a logistic model, fitted by `python -m tests.fit_confidence` on what
# docs/decisions/ranking.md names.
# The base, then one number a sign: for entries that lead to an office, and for those that lead only to themselves.
CONFIDENCE_SHARED = (-1.71, 5.47, 2.38, 2.43, 0.16, 0.1, 0.11, 0.24, 0.05, 0.08)
CONFIDENCE_ALONE = (-1.79, 0.64, 5.29, 0.0, 0.14, 0.12, 0.0, 0.0, 0.01, 0.0)
# A wrong office costs a resident five times what "I don't know, but these people do" costs: answering pays where
# 5 * (1 - chance) is less than 1.
COST_OF_WRONG = 5.0
ANSWER_THRESHOLD = 1.0 - 1.0 / COST_OF_WRONG
