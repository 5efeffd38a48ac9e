//! The executables on POSIX: one that leads to the base interpreter, and its other names.

use std::fmt::Display;
use std::path::Path;

use super::found::{Bin, OtherLinks, Verdict};
use super::{LinkText, MAY_BE_NOEXEC, Placed, link, link_or_copy, link_or_copy_over, report};
use crate::base::Base;
use crate::environment::executables::{OPTIONAL_NAME, posix_names};
use crate::error::{Error, Result};
use crate::fs;
use crate::observer::Observer;
use crate::text::quoted;

/// Places an executable: with fastvenv's own `symlink_or_copy`, or with a subclass's override.
pub trait Placer {
    /// The error type, which includes exceptions of an overridden method.
    type Error: From<Error> + Display;

    /// True if [`Placer::place`] only links or copies, so that it need not be called if there is nothing to do.
    const IS_OWN: bool;

    /// Places `source` at `destination`. With `over`, it replaces an existing entry.
    ///
    /// # Errors
    /// The error of the copy, or the exception of an overridden method.
    fn place(
        &mut self,
        source: &Path,
        destination: &Path,
        over: bool,
        text: LinkText,
    ) -> Result<Placed, Self::Error>;

    /// Reports whether the error means that the file system lacks a feature.
    fn lacks_feature(error: &Self::Error) -> bool;
}

/// fastvenv's own `symlink_or_copy`.
#[derive(Clone, Copy, Debug)]
pub struct Own {
    /// Create links rather than copies.
    pub symlinks: bool,
}

impl Placer for Own {
    type Error = Error;
    const IS_OWN: bool = true;

    fn place(&mut self, source: &Path, destination: &Path, over: bool, text: LinkText) -> Result<Placed> {
        match (self.symlinks, over) {
            (true, false) => link_or_copy(source, destination, text),
            (true, true) => link_or_copy_over(source, destination, text),
            (false, _) => fs::copy_contents(source, destination).map(|()| Placed::Copied),
        }
    }

    fn lacks_feature(error: &Error) -> bool {
        error.system().is_some_and(fs::is_lacking)
    }
}

/// Creates all executables of an environment, and removes those of another Python version. `with_pip` means that pip
/// is renewed too.
///
/// # Errors
/// [`Error::Refused`] for a link to another Python; errors of `placer`.
pub fn set_up<P: Placer>(
    base: &Base,
    bin: &Bin<'_>,
    with_pip: bool,
    placer: &mut P,
    observer: &mut dyn Observer,
) -> Result<(), P::Error> {
    // If this Python has been uninstalled while it runs, a link to it would dangle. A subclass may name an interpreter
    // that does not exist yet.
    if bin.base == base.executable {
        fs::check_presence(bin.base)?;
    }
    place_executable(bin, placer, observer)?;
    let mut changed = bin.links == OtherLinks::Renewed;
    for name in posix_names(base) {
        let path = bin.path.join(&name);
        if path == bin.env_exe {
            continue;
        }
        match place_alias(&path, bin, placer, observer) {
            Err(why) if name == OPTIONAL_NAME && P::lacks_feature(&why) => {
                observer.debug(&format!("there is no {name}: {why}"));
            }
            placed => changed |= placed? == Verdict::Replaced,
        }
    }
    if changed {
        bin.remove_outdated(base, with_pip)?;
    }
    Ok(())
}

/// Places the executable itself, from the base interpreter. An overridden method is always called.
fn place_executable<P: Placer>(
    bin: &Bin<'_>,
    placer: &mut P,
    observer: &mut dyn Observer,
) -> Result<(), P::Error> {
    if is_linked::<P>(bin, bin.base, bin.env_exe, LinkText::Whole) {
        return Ok(());
    }
    let verdict = if bin.copies { Verdict::Made } else { bin.executable()? };
    if verdict == Verdict::Kept && P::IS_OWN {
        return Ok(());
    }
    let placed = place(bin.base, bin.env_exe, verdict, LinkText::Whole, placer, observer)?;
    if !matches!(placed, Placed::Linked) && !fs::may_execute(bin.env_exe) {
        observer.warning(&format!("{} can't be executed. {MAY_BE_NOEXEC}", quoted(bin.env_exe)));
    }
    Ok(())
}

/// Places another name of the executable.
fn place_alias<P: Placer>(
    path: &Path,
    bin: &Bin<'_>,
    placer: &mut P,
    observer: &mut dyn Observer,
) -> Result<Verdict, P::Error> {
    if is_linked::<P>(bin, bin.env_exe, path, LinkText::NameAlone) {
        return Ok(Verdict::Made);
    }
    let verdict = bin.alias(path)?;
    if verdict == Verdict::Kept {
        super::finish_copy(bin.env_exe, path)?;
    } else {
        place(bin.env_exe, path, verdict, LinkText::NameAlone, placer, observer)?;
    }
    Ok(verdict)
}

/// Creates the link, if a link is all that is needed. In a new environment no name is taken, so this needs no further
/// calls.
fn is_linked<P: Placer>(bin: &Bin<'_>, source: &Path, destination: &Path, text: LinkText) -> bool {
    P::IS_OWN && !bin.copies && link(source, destination, text).is_ok()
}

/// Places one executable and makes sure that it can be executed.
fn place<P: Placer>(
    source: &Path,
    path: &Path,
    verdict: Verdict,
    text: LinkText,
    placer: &mut P,
    observer: &mut dyn Observer,
) -> Result<Placed, P::Error> {
    let placed = placer.place(source, path, verdict == Verdict::Replaced, text)?;
    report(source, path, &placed, observer);
    if !matches!(placed, Placed::Linked) {
        fs::make_executable(path)?;
    }
    Ok(placed)
}
