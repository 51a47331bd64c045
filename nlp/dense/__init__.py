"""The plug for a dense ranker: what a model that was trained elsewhere says of the nearness of meanings. Absent unless
the settings name one; nothing here is imported by who does without."""
