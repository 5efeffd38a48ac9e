//! Turns a panic, which is a bug in this crate, into an error before it reaches the caller.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::Error;

/// Runs `work`. If it panics, returns [`Error::Bug`] with the panic's message. The location is printed on stderr.
///
/// ```
/// use fastvenv::panics::caught;
///
/// assert_eq!(caught(|| 1 + 1).unwrap(), 2);
/// assert!(caught(|| [0][std::env::args().count()]).is_err());
/// ```
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Error> {
    // Unwind safe: no step leaves half-changed state for the next step or another thread.
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| Error::Bug(message(payload.as_ref())))
}

/// The message of a panic: a `&str` or `String`, unless the panic has another payload.
fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no details".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message_of(work: impl FnOnce()) -> String {
        caught(work).unwrap_err().to_string()
    }

    #[test]
    fn a_panic_becomes_an_error_with_its_message() {
        assert!(message_of(|| panic!("plain")).ends_with(": plain"));
        assert!(message_of(|| panic!("{}", "formatted")).ends_with(": formatted"));
        assert!(message_of(|| std::panic::panic_any(7)).ends_with(": no details"));
    }
}
