"""Every number that shapes the ranking, each with how it was chosen."""

# Marks of the kinds of term: private-use characters, so that no resident's text can collide with them.
BIGRAM_MARK = "\ue000"
READING_MARK = "\ue001"

# BM25's saturation and length normalisation of single example questions: usual values for short texts.
K1 = 1.2
B = 0.4
# Character bigrams and reading trigrams overlap, so one word brings several: they weigh less than a word.
BIGRAM_WEIGHT = 0.3
READING_WEIGHT = 0.35
# The fields of an entry, in the order of how surely they name the matter: residents' words are a list of words
# without sentences, an explanation has many words of the plans in general.
TITLE_WEIGHT = 3.0
VOCABULARY_WEIGHT = 2.0
SECTION_WEIGHT = 0.5
EXPLANATION_WEIGHT = 1.0
# An example question's words within its entry's fields; 0.25 to 1 do alike in cross-validation.
EXAMPLES_WEIGHT = 0.5
# Fields together are long and of very different lengths, so they are levelled more than single questions.
BODY_B = 0.5
BODY_K1 = 1.5
# What an item's score is made of: its fields together, its nearest example question, and the root of the sum of
# squares over all its examples, divided by their number to a power so that many examples alone do not win.
# Chosen by leaving a fifth of the example questions out: fields alone 0.73 right first, nearest alone 0.45.
BODY_SHARE = 0.6
BEST_SHARE = 0.2
CROWD_SHARE = 0.2
CROWD_EVENNESS = 0.6
# The highest possible score for each unit of idf in the question, roughly; brings scores to 0 to 1.
MOST = 1.0
# What a term that stands nowhere in the knowledge base takes from the certainty of an answer.
STRANGE_COST = 1.0
# Correcting: only words of some length, at most this many a question (each costs a pass over the vocabulary).
SHORTEST_CORRECTED = 3
MOST_CORRECTIONS = 2
CORRECTION_CUTOFF = 0.7

# A current entry goes before an expired one whose score is not better than by this factor.
EXPIRED_FACTOR = 0.97
# An entry must be nearer than every topic outside the plans by this factor (left-out questions: 1.2).
OUTSIDE_FACTOR = 1.15
# Below this the bot says that it does not know; the best of 0.08 to 0.32 on the development questions.
ANSWER_THRESHOLD = 0.2
