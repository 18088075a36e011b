//! Translates C types to the types of Rust's `libc`.

use anyhow::{Result, bail};

/// The Rust type for a C type as clang prints it.
pub(crate) fn rust_type(c: &str) -> Result<String> {
    let c = c.trim();
    if let Some((returned, parameters)) = c.split_once("(*)(") {
        let parameters = parameters.trim_end_matches(')');
        return Ok(format!("Option<{}>", function_type(returned, parameters)?));
    }
    if let Some(pointee) = c.strip_suffix('*') {
        let pointee = pointee.trim();
        return Ok(match pointee.strip_prefix("const ") {
            Some(constant) if !constant.ends_with('*') => format!("*const {}", rust_type(constant)?),
            _ => format!("*mut {}", rust_type(pointee)?),
        });
    }
    Ok(match c.strip_prefix("struct ").unwrap_or(c) {
        "void" => "libc::c_void",
        "char" => "libc::c_char",
        "short" => "libc::c_short",
        "int" => "libc::c_int",
        "unsigned int" => "libc::c_uint",
        "long" => "libc::c_long",
        "unsigned long" => "libc::c_ulong",
        "long long" => "libc::c_longlong",
        "unsigned long long" => "libc::c_ulonglong",
        // Our headers define `off_t` with 64 bits on every ABI.
        "off_t" => "libc::off64_t",
        "uint16_t" => "u16",
        "uint32_t" => "u32",
        "uint64_t" => "u64",
        name if name.chars().all(|character| character.is_alphanumeric() || character == '_') => {
            return Ok(format!("libc::{name}"));
        }
        other => bail!("no Rust type is known for {other}"),
    }
    .to_owned())
}

/// The Rust type of a function. `parameters`: C types, separated by commas.
pub(crate) fn function_type(returned: &str, parameters: &str) -> Result<String> {
    let mut rust = Vec::new();
    for parameter in divided(parameters) {
        match parameter.trim() {
            "void" | "" => {}
            "..." => rust.push("...".to_owned()),
            other => rust.push(rust_type(other)?),
        }
    }
    let rust = format!("unsafe extern \"C\" fn({})", rust.join(", "));
    if returned.trim() == "void" { Ok(rust) } else { Ok(format!("{rust} -> {}", rust_type(returned)?)) }
}

/// Splits at the commas that are not within parentheses.
fn divided(parameters: &str) -> Vec<&str> {
    let mut depth = 0;
    parameters
        .split(|character| {
            match character {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            character == ',' && depth == 0
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::{function_type, rust_type};

    #[test]
    fn types_become_those_of_libc() {
        for (c, rust) in [
            ("const char *", "*const libc::c_char"),
            ("void **", "*mut *mut libc::c_void"),
            ("struct stat *", "*mut libc::stat"),
            ("off_t", "libc::off64_t"),
            (
                "int (*)(const void *, const void *)",
                "Option<unsafe extern \"C\" fn(*const libc::c_void, *const libc::c_void) -> libc::c_int>",
            ),
            ("void *(*)(void *)", "Option<unsafe extern \"C\" fn(*mut libc::c_void) -> *mut libc::c_void>"),
        ] {
            assert_eq!(rust_type(c).unwrap(), rust, "{c}");
        }
        assert!(rust_type("int[4]").is_err());
    }

    #[test]
    fn functions_take_what_stands_between_their_commas() {
        let open = "unsafe extern \"C\" fn(*const libc::c_char, libc::c_int, ...) -> libc::c_int";
        assert_eq!(function_type("int", "const char *, int, ...").unwrap(), open);
        assert_eq!(function_type("void", "void").unwrap(), "unsafe extern \"C\" fn()");
        let visit =
            "unsafe extern \"C\" fn(Option<unsafe extern \"C\" fn(*mut libc::c_void, libc::size_t)>, libc::c_int)";
        assert_eq!(function_type("void", "void (*)(void *, size_t), int").unwrap(), visit);
    }
}
