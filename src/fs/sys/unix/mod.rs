//! Unix.

mod dir;
mod errors;
mod files;
mod modes;
mod paths;
mod processes;

pub use dir::Handle;
pub use errors::{is_damage, is_lacking, is_loop, is_sharing_violation, is_too_many_open_files};
pub use files::{
    CLONES_HAVE_MODES, DIRECTORIES_ARE_HELD, Inherited, RUNNING_PROGRAMS_STAY, close, current_user, finish,
    local_time, metadata_at, mode_of, open_in_place, protection, rename_new, symlink_file,
};
#[cfg(test)]
pub use files::{metadata_of, metadata_of_file};
pub use modes::{executable, is_alike, is_executable, is_one_file, may_execute, plain};
pub use paths::{long_path, os_string, reparse_tag, resolve};
pub use processes::{ended, ignores_interrupts, kill_group, lead_group};
