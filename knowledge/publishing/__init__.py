"""What stands between the draft and the residents: rules, differences, test questions, and the acts of releases."""
