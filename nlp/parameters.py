"""Every number that shapes the ranking, each with how it was chosen."""

# Marks of the kinds of term: private-use characters, so that no resident's text can collide with them.
BIGRAM_MARK = "\ue000"
READING_MARK = "\ue001"

# BM25's saturation and length normalisation: the usual values for short texts.
K1 = 1.2
B = 0.4
# Character bigrams and reading trigrams overlap, so one word brings several: they weigh less than a word.
BIGRAM_WEIGHT = 0.45
READING_WEIGHT = 0.35
# The fields of an entry, in the order of how surely they name the matter: residents' words are a list of words
# without sentences, an explanation has many words of the plans in general.
TITLE_WEIGHT = 3.0
VOCABULARY_WEIGHT = 2.0
SECTION_WEIGHT = 0.5
EXPLANATION_WEIGHT = 1.0
# An entry's fields, taken together, against one example question.
BODY_SHARE = 1.0
# How much agreement of several examples counts beside the best one, and how steeply the best of them dominate.
CROWD = 0.5
CROWD_POWER = 4
# What a term that stands nowhere in the knowledge base takes from the certainty of an answer.
STRANGE_COST = 1.0
# Correcting: only words of some length, at most this many a question (each costs a pass over the vocabulary).
SHORTEST_CORRECTED = 3
MOST_CORRECTIONS = 2
CORRECTION_CUTOFF = 0.7

# A current entry goes before an expired one whose score is not better than by this factor.
EXPIRED_FACTOR = 0.97
# An entry must be nearer than every topic outside the plans by this factor (development questions: 1.05 to 1.1).
OUTSIDE_FACTOR = 1.05
# Below this the bot says that it does not know; chosen on the development questions, where 0.06 to 0.10 do alike.
ANSWER_THRESHOLD = 0.10
