use super::Policy;
#[test]
fn scratch() {
    for json in [
        "",
        "{",
        "{} x",
        "[]",
        "5",
        "{\"pin\":[]}",
        r#"{"bogus":1}"#,
        r#"{"pin":{"bogus":1}}"#,
        r#"{"lockout":{"cooldowns":[{"from":1,"wait_s":2,"bogus":1}]}}"#,
        r#"{"lockout":{"cooldowns":[{"from":1}]}}"#,
        r#"{"lockout":{"cooldowns":[[1,2,3]]}}"#,
        r#"{"lockout":{"cooldowns":[{"from":1,"wait_s":"x"}]}}"#,
        r#"{"lockout":{"cooldowns":5}}"#,
        r#"{"lockout":5}"#,
        r#"{"name":"a","name":"b"}"#,
        r#"{"name":5}"#,
        r#"{"contacts":[{"kind":"phone","value":5}]}"#,
        r#"{"contacts":[{"value":5, "kind":"phone"}]}"#,
        r#"{"contacts":[{"kind":"fax","value":"5"}]}"#,
        r#"{"contacts":[{"kind":"phone","value":"5","bogus":1}]}"#,
        r#"{"contacts":[{"kind":"phone"}]}"#,
        r#"{"contacts":[{"value":"1"}]}"#,
        r#"{"contacts":[["phone","1"]]}"#,
        r#"{"contacts":[5]}"#,
        r#"{"pin":{"min_digits":"#,
        r#"{"pin":{"min_digits":-1}}"#,
        r#"{"pin":{"rehearse_after_days":"x"}}"#,
    ] {
        println!("{json} => {:?}", Policy::from_json(json).map(|p| p.name).map_err(|e| e.to_string()));
    }
}
