//! What is wrong with a policy's JSON text, and where.

use serde_json::error::Category;

use super::ranges::problem;
use crate::error::PolicyError;

/// The error that names the field at which the parser stopped.
pub(super) fn json_fault(json: &str, error: &serde_json::Error) -> PolicyError {
    let read = read_before(json, error);
    let says = error.to_string();
    // The parser also stops after a name that the object has already, and after a name that stands where an enum has a
    // string. Then the object is wrong, not a field of that name.
    let is_of_object = says.starts_with("duplicate field") || says.starts_with("unknown variant");
    let field = path_at_end(read, is_of_object);
    problem(if field.is_empty() { ".".to_owned() } else { field }, in_our_words(error, &says))
}

/// The parser's messages repeat the input, so they are replaced.
fn in_our_words(error: &serde_json::Error, says: &str) -> String {
    match error.classify() {
        Category::Data if says.starts_with("unknown field") => "is not a field of a policy".to_owned(),
        Category::Data if says.starts_with("missing field") => "lacks a field".to_owned(),
        Category::Data => "has another type, or a value out of range".to_owned(),
        _ => format!("is not JSON (line {}, column {})", error.line(), error.column()),
    }
}

/// What the parser had read. A column counts the bytes since the line began. Where the parser finds no JSON, the column
/// counts the byte that it did not accept, too.
fn read_before<'a>(json: &'a str, error: &serde_json::Error) -> &'a [u8] {
    let lines = json.split_inclusive('\n').map(str::len);
    let before: usize = lines.take(error.line().saturating_sub(1)).sum();
    let refused = usize::from(error.classify() == Category::Syntax);
    json.as_bytes().get(..(before + error.column()).saturating_sub(refused)).unwrap_or(json.as_bytes())
}

/// The path of the value at the end of `json`, such as `lockout.cooldowns[0].from`. `json` is the beginning of a JSON
/// text, and may end anywhere. If it ends after a name, `is_of_object` asks for the object that has this name.
fn path_at_end(json: &[u8], is_of_object: bool) -> String {
    let mut path = String::new();
    // Of each object and list that has begun and not ended: how long its own path is, and in a list the index.
    let mut open: Vec<(usize, Option<usize>)> = Vec::new();
    let (mut is_name_next, mut is_after_name) = (false, false);
    let mut bytes = json.iter().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match (byte, open.last_mut()) {
            (b'{', _) => {
                open.push((path.len(), None));
                is_name_next = true;
            }
            (b'[', _) => {
                open.push((path.len(), Some(0)));
                path += "[0]";
            }
            (b'}' | b']', Some((own, _))) => {
                path.truncate(*own);
                open.pop();
                is_name_next = false;
            }
            (b',', Some((own, Some(index)))) => {
                *index += 1;
                path.truncate(*own);
                path += &format!("[{index}]");
            }
            (b',', Some((own, None))) => {
                path.truncate(*own);
                is_name_next = true;
            }
            (b'"', _) => {
                let mut is_escaped = false;
                let end = bytes.find(|(_, byte)| {
                    let is_end = **byte == b'"' && !is_escaped;
                    is_escaped = **byte == b'\\' && !is_escaped;
                    is_end
                });
                if let (true, Some((end, _))) = (is_name_next, end) {
                    let name = json.get(at + 1..end).unwrap_or_default();
                    path += if path.is_empty() { "" } else { "." };
                    path += &String::from_utf8_lossy(name);
                    (is_name_next, is_after_name) = (false, true);
                }
            }
            (b':', _) => is_after_name = false,
            _ => {}
        }
    }
    if let (true, Some((own, _))) = (is_of_object && is_after_name, open.last()) {
        path.truncate(*own);
    }
    path
}
