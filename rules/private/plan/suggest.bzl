"""Suggestions for a misspelled name."""

# Distance from which names are not similar, as in BuildKit.
_TOO_FAR = 3

def did_you_mean(name, known):
    """Suggests the name that may have been meant.

    Args:
      name: what was written.
      known: list of the names that exist.

    Returns:
      ` (did you mean X?)` with the nearest of `known`, the first of several, or
      "" if none is similar.
    """
    nearest = _TOO_FAR
    match = None
    for candidate in known:
        if abs(len(candidate) - len(name)) >= _TOO_FAR:
            continue
        distance = _edit_distance(name, candidate)
        if distance < nearest:
            nearest = distance
            match = candidate
    return " (did you mean %s?)" % match if match else ""

def _edit_distance(a, b):
    """Returns Levenshtein's distance between two texts."""
    row = list(range(len(b) + 1))
    for i, left in enumerate(a.elems(), 1):
        above = row
        row = [i]
        for j, right in enumerate(b.elems(), 1):
            row.append(min(
                above[j - 1] + (0 if left == right else 1),
                above[j] + 1,
                row[j - 1] + 1,
            ))
    return row[-1]
