//! Names as environment variables spell them; several names may have the same
//! spelling.

/// Converts a name to upper snake case: words in capitals, separated by one
/// underscore.
pub fn upper_snake(name: &str) -> String {
    let mut upper = String::new();
    let chars: Vec<char> = name.chars().collect();
    for (index, c) in chars.iter().copied().enumerate() {
        if !c.is_alphanumeric() {
            separate(&mut upper);
            continue;
        }
        let before = index.checked_sub(1).map(|before| chars[before]);
        let after = chars.get(index + 1);
        let word_starts = c.is_uppercase()
            && (before.is_some_and(|before| before.is_lowercase() || before.is_numeric())
                || before.is_some_and(char::is_uppercase)
                    && after.is_some_and(|after| after.is_lowercase()));
        if word_starts {
            separate(&mut upper);
        }
        upper.extend(c.to_uppercase());
    }
    while upper.ends_with('_') {
        upper.pop();
    }
    upper
}

fn separate(upper: &mut String) {
    if !upper.is_empty() && !upper.ends_with('_') {
        upper.push('_');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words_in_capitals() {
        let check = |name: &str, expected: &str| assert_eq!(upper_snake(name), expected);
        check("pb.Add", "PB_ADD");
        check("sum", "SUM");
        check(
            "acme.billing.v1.InvoiceService",
            "ACME_BILLING_V1_INVOICE_SERVICE",
        );
        check("HTTPServer", "HTTP_SERVER");
        check("get_item", "GET_ITEM");
        check("_hidden__twice_", "HIDDEN_TWICE");
        check("my-shop.Cart", "MY_SHOP_CART");
        check("r#type", "R_TYPE");
        check("añadir", "AÑADIR");
        check("V2Add", "V2_ADD");
    }
}
