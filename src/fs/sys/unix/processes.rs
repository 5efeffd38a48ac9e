//! Processes.

use std::os::unix::process::CommandExt;
use std::process::{Child, Command};

use rustix::process::{Pid, Signal};

/// Makes the process lead a group of its own, so that [`kill_group`] reaches those that it starts.
pub fn lead_group(command: &mut Command) {
    command.process_group(0);
}

/// Kills the process and all others of its group.
pub fn kill_group(leader: &mut Child) {
    // After its end has been noticed, its number may be another process's.
    if let Ok(None) = leader.try_wait()
        && let Some(group) = i32::try_from(leader.id()).ok().and_then(Pid::from_raw)
    {
        let _ = rustix::process::kill_process_group(group, Signal::KILL);
    }
}
