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
//! What a name or a prompt says is data. [`quoting`] keeps it so while a script is read; that it stays so when a shell
//! draws its prompt is the work of the scripts themselves, in `python/fastvenv/scripts`.

pub mod placeholders;
pub mod quoting;
pub mod templates;
