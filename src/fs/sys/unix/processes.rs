//! Processes.

use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus};

use rustix::process::{Pid, Signal};

use crate::error::Ended;

/// The signals that end processes, by their names in Python.
const SIGNALS: [(Signal, &str); 15] = [
    (Signal::ABORT, "SIGABRT"),
    (Signal::ALARM, "SIGALRM"),
    (Signal::BUS, "SIGBUS"),
    (Signal::FPE, "SIGFPE"),
    (Signal::HUP, "SIGHUP"),
    (Signal::ILL, "SIGILL"),
    (Signal::INT, "SIGINT"),
    (Signal::KILL, "SIGKILL"),
    (Signal::PIPE, "SIGPIPE"),
    (Signal::QUIT, "SIGQUIT"),
    (Signal::SEGV, "SIGSEGV"),
    (Signal::SYS, "SIGSYS"),
    (Signal::TERM, "SIGTERM"),
    (Signal::TRAP, "SIGTRAP"),
    (Signal::XCPU, "SIGXCPU"),
];

/// How a process ended.
pub fn ended(status: ExitStatus) -> Ended {
    let number = status.signal().unwrap_or(0);
    let name = SIGNALS.iter().find(|(signal, _)| signal.as_raw() == number).map(|(_, name)| *name);
    status.code().map_or(Ended::Signal(number, name), Ended::Status)
}

/// Reports whether this process ignores interrupts, as a background process of a shell script does.
pub fn ignores_interrupts() -> bool {
    // SAFETY: for the system, a structure of zeros is as good as any. It is only written to.
    let mut handler: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: both pointers may be used; a null pointer changes nothing.
    let asked = unsafe { libc::sigaction(libc::SIGINT, std::ptr::null(), &raw mut handler) };
    asked == 0 && handler.sa_sigaction == libc::SIG_IGN
}

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
