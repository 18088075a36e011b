//! Checks of a field's range, and the error that names the field.

use crate::error::PolicyError;

pub(super) fn problem(field: impl Into<String>, problem: impl Into<String>) -> PolicyError {
    PolicyError { field: field.into(), problem: problem.into() }
}

pub(super) fn within<N: PartialOrd + std::fmt::Display>(
    field: &str,
    value: N,
    least: N,
    most: N,
) -> Result<(), PolicyError> {
    if value < least || value > most {
        return Err(problem(field, format!("must be from {least} to {most}")));
    }
    Ok(())
}

pub(super) fn within_some(field: &str, value: Option<u32>, least: u32, most: u32) -> Result<(), PolicyError> {
    value.map_or(Ok(()), |value| within(field, value, least, most))
}
