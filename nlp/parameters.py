"""Every number that shapes the ranking, each with how it was chosen."""

# Marks of the kinds of term: private-use characters, so that no resident's text can collide with them.
BIGRAM_MARK = "\ue000"
READING_MARK = "\ue001"

# BM25's saturation and length normalisation. Chosen, with the weight of the examples, by leaving a fifth of the
# example questions out: entries have from twenty to sixty of them, so length is levelled strongly.
K1 = 1.0
B = 0.75
# Character bigrams and reading trigrams overlap, so one word brings several: they weigh less than a word.
BIGRAM_WEIGHT = 0.3
READING_WEIGHT = 0.35
# The fields of an entry, in the order of how surely they name the matter: residents' words are a list of words
# without sentences, an explanation has many words of the plans in general.
TITLE_WEIGHT = 3.0
VOCABULARY_WEIGHT = 2.0
SECTION_WEIGHT = 0.5
EXPLANATION_WEIGHT = 1.0
# An example question's words beside the fields; 0.3 to 0.5 do alike in cross-validation, 1 does worse.
EXAMPLES_WEIGHT = 0.3
# What a term that stands nowhere in the knowledge base takes from the certainty of an answer.
STRANGE_COST = 1.0
# Correcting: only words of some length, at most this many a question (each costs a pass over the vocabulary).
SHORTEST_CORRECTED = 3
MOST_CORRECTIONS = 2
CORRECTION_CUTOFF = 0.7

# A current entry goes before an expired one whose score is not better than by this factor.
EXPIRED_FACTOR = 0.97
# An entry must be nearer than every topic outside the plans by this factor (chosen on left-out questions).
OUTSIDE_FACTOR = 1.1
# Below this the bot says that it does not know; the best of 0.08 to 0.32 on the development questions.
ANSWER_THRESHOLD = 0.16
