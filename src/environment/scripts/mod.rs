//! The activation scripts: templates whose placeholders become literals of the script's own shell.
//!
//! ```
//! use fastvenv::environment::scripts::placeholders::{Values, replace};
//! use fastvenv::environment::scripts::quoting::Shell;
//!
//! let values = Values::<&[u8]> {
//!     env_dir: b"/home/ada/it's here",
//!     env_name: b"it's here",
//!     prompt: b"demo",
//!     bin_name: b"bin",
//!     env_exe: b"/home/ada/it's here/bin/python",
//! };
//! let script = replace(b"setenv VIRTUAL_ENV __VENV_DIR__\n", &values, Shell::Csh)?;
//! assert_eq!(script, b"setenv VIRTUAL_ENV '/home/ada/it'\"'\"'s here'\n");
//! # Ok::<(), fastvenv::error::Error>(())
//! ```
//!
//! Names and prompts are data. [`quoting`] makes sure that the shell treats them as data while it reads a script. The
//! scripts themselves, in `python/fastvenv/scripts`, do the same when the shell draws its prompt.

pub mod placeholders;
pub mod quoting;
pub mod templates;
