//! Words that are nearly right.

/// The help of an unknown word: the nearest that exists, and all of them.
///
/// ```
/// let help = kit_grammar::did_you_mean("attemts", &["attempts", "backoff"]);
/// assert_eq!(help, "did you mean `attempts`? there are `attempts`, `backoff`");
/// ```
pub fn did_you_mean(word: &str, known: &[&str]) -> String {
    let all = known
        .iter()
        .map(|key| format!("`{key}`"))
        .collect::<Vec<_>>()
        .join(", ");
    match nearest(word, known) {
        None if known.is_empty() => "there are none".to_owned(),
        Some(nearest) => format!("did you mean `{nearest}`? there are {all}"),
        None => format!("there are {all}"),
    }
}

/// The known word that is at most a third of its length away.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|key| (distance(word, key), *key))
        .filter(|(distance, key)| *distance <= key.len().max(word.len()).div_ceil(3))
        .min()
        .map(|(_, key)| key)
}

/// Insertions, deletions and substitutions from one word to another.
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
