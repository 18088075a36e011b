//! What the documents show is accepted: a reader may copy it.

use std::fs;
use std::path::Path;

use walletlock_core::policy::Policy;

#[test]
fn every_policy_in_the_documents_is_valid() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = 0;
    for document in ["README.md", "android/aar/RECIPES.md"] {
        let text = fs::read_to_string(root.join(document)).expect("the document");
        for json in text.split("Policy.json(").skip(1).map(|call| call.split("\"\"\"").nth(1).expect("a text")) {
            Policy::parse(json).unwrap_or_else(|error| panic!("{document}: {error}: {json}"));
            found += 1;
        }
    }
    assert!(found >= 3, "the documents show {found} policies");
}
