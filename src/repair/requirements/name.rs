//! Names and versions of packages, as far as they may stand in a file of requirements.

/// The name in the form in which names are compared
/// (<https://packaging.python.org/en/latest/specifications/name-normalization/>).
pub fn normalized(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '-' | '_' | '.' if out.ends_with('-') => {}
            '-' | '_' | '.' => out.push('-'),
            c => out.push(c.to_ascii_lowercase()),
        }
    }
    out
}

/// The name, unless it has characters that no name may have.
pub fn valid(name: &str) -> Option<&str> {
    let is_inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let is_outer = |c: char| c.is_ascii_alphanumeric();
    (name.chars().all(is_inner) && name.starts_with(is_outer) && name.ends_with(is_outer)).then_some(name)
}

/// The version, unless it has characters that no version may have.
pub fn valid_version(version: &str) -> Option<&str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '!' | '-' | '_' | '*');
    (!version.is_empty() && version.chars().all(is_part)).then_some(version)
}

/// The normalised name that a value of `Requires-Dist` starts with. `None` if only an extra requires it.
pub fn required(value: &str) -> Option<String> {
    let (requirement, marker) = value.split_once(';').unwrap_or((value, ""));
    let is_extra = marker.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|word| word == "extra");
    let end = requirement
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .unwrap_or(requirement.len());
    let name = valid(&requirement[..end])?;
    (!is_extra).then(|| normalized(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_in_one_form() {
        assert_eq!(normalized("Zope.Interface__x-.y"), "zope-interface-x-y");
    }

    #[test]
    fn what_an_extra_requires_is_not_required() {
        assert_eq!(required("Foo.Bar[x]>=1; python_version<'3.9'"), Some("foo-bar".into()));
        assert_eq!(required("foo @ https://host/foo.zip"), Some("foo".into()));
        for value in ["foo; extra == 'x'", "foo ; 'x'==extra", "", "-foo"] {
            assert_eq!(required(value), None, "{value}");
        }
    }
}
