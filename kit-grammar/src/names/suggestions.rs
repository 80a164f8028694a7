//! Suggestions for misspelled words.

/// The help for an unknown word: the most similar known word, and all of them.
///
/// ```
/// let help = kit_grammar::did_you_mean("attemts", &["attempts", "backoff"]);
/// assert_eq!(help, "did you mean `attempts`? expected one of `attempts`, `backoff`");
/// ```
pub fn did_you_mean(word: &str, known: &[&str]) -> String {
    let all = known
        .iter()
        .map(|key| format!("`{key}`"))
        .collect::<Vec<_>>()
        .join(", ");
    let expected = match known {
        [] => "none is known".to_owned(),
        [_] => format!("expected {all}"),
        _ => format!("expected one of {all}"),
    };
    match nearest(word, known) {
        Some(nearest) => format!("did you mean `{nearest}`? {expected}"),
        None => expected,
    }
}

/// The most similar known word, within an edit distance of a third of the longer
/// word's length, rounded up.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|key| (distance(word, key), *key))
        .filter(|(distance, key)| *distance <= key.len().max(word.len()).div_ceil(3))
        .min()
        .map(|(_, key)| key)
}

/// The edit distance of two words: insertions, deletions and substitutions.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (above, a) in from.chars().enumerate() {
        let mut diagonal = above;
        row[0] = above + 1;
        for (left, b) in to.iter().enumerate() {
            let substituted = diagonal + usize::from(a != *b);
            diagonal = row[left + 1];
            row[left + 1] = substituted.min(diagonal + 1).min(row[left] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_found_within_a_third_of_its_length() {
        let known = ["get", "post", "idempotent", "status"];
        assert_eq!(nearest("idempotant", &known), Some("idempotent"));
        assert_eq!(nearest("pots", &known), Some("post"));
        assert_eq!(nearest("stats", &known), Some("status"));
        assert_eq!(nearest("breakfast", &known), None);
    }
}
