//! Creates the executables on Windows: links to the base interpreter and its DLLs, or copies of its launchers.

use std::path::{Path, PathBuf};

use super::found::Bin;
use crate::base::Base;
use crate::environment::executables::nt::{Found, Plan, plan};
use crate::environment::executables::nt_older::{self, File, Presence};
use crate::error::{Error, Result};
use crate::fs;
use crate::observer::Observer;
use crate::text::quoted;

/// Creates the executables: links if requested and possible, otherwise copies. `python_dir` is the directory of the
/// base interpreter.
///
/// # Errors
/// An I/O error if links are wanted and `python_dir` can't be listed. A launcher that can't be copied only causes a
/// warning, as in `venv`.
pub fn set_up(
    base: &Base,
    python_dir: &Path,
    (env_dir, bin): (&Path, &Bin<'_>),
    observer: &mut dyn Observer,
) -> Result<()> {
    let exe_name = bin.env_exe.file_name().unwrap_or_default().to_string_lossy();
    // Only links need the names of the DLLs. `venv` copies without listing the directory, which may be forbidden.
    let files = if bin.copies { None } else { Some(fs::list(python_dir)?.files) };
    if !base.version.at_least(13) {
        for file in nt_older::plan(base, python_dir, &exe_name, files.as_deref(), presence) {
            place(&file, bin.path, observer)?;
        }
        return if base.build.is_tree { copy_tcl(python_dir, env_dir) } else { Ok(()) };
    }
    let files = files.unwrap_or_default();
    let plan = plan(base, Found { python_dir, files: &files, exe_name: &exe_name });
    if bin.copies || !are_linked(&plan, bin.path, observer) {
        copy_all(&plan, bin.path, observer);
    }
    // A build tree's Tcl is found only if `init.tcl` is also in the environment.
    if base.build.is_tree { copy_tcl(python_dir, env_dir) } else { Ok(()) }
}

fn presence(path: &Path) -> Presence {
    match (fs::exists(path), fs::is_link(path)) {
        (true, _) => Presence::There,
        (false, true) => Presence::Dangling,
        (false, false) => Presence::Missing,
    }
}

/// Links or copies one file, as `venv` before 3.13 does.
fn place(file: &File, bin_path: &Path, observer: &mut dyn Observer) -> Result<()> {
    let destination = bin_path.join(&file.name);
    if let Some(source) = file.link.as_ref().filter(|_| !fs::is_link(&destination)) {
        match fs::symlink(source, &destination) {
            Ok(()) => return Ok(()),
            Err(error) => warn("symlink", source, &destination, &error, observer),
        }
    }
    if fs::exists(&file.copy) {
        return fs::copy_contents(&file.copy, &destination);
    }
    if !file.dangles {
        observer.warning(&format!("Unable to copy {}", quoted(&file.copy)));
    }
    Ok(())
}

/// Creates all links or none. Reports whether they are there.
fn are_linked(plan: &Plan, bin_path: &Path, observer: &mut dyn Observer) -> bool {
    let mut made: Vec<PathBuf> = Vec::new();
    for entry in &plan.links {
        let link = bin_path.join(&entry.name);
        if let Err(error) = fs::symlink(&entry.source, &link) {
            warn("symlink", &entry.source, &link, &error, observer);
            made.iter().for_each(|link| clean_up(link, observer));
            observer.warning("Retrying with copies");
            return false;
        }
        made.push(link);
    }
    true
}

fn clean_up(link: &Path, observer: &mut dyn Observer) {
    if let Err(error) = fs::remove_file(link) {
        observer.warning(&format!("Failed to clean up symlink {}", quoted(link)));
        observer.debug(&error.to_string());
    }
}

/// Copies the launchers. One that can't be copied only causes a warning.
fn copy_all(plan: &Plan, bin_path: &Path, observer: &mut dyn Observer) {
    for entry in &plan.copies {
        let copy = bin_path.join(&entry.name);
        if let Err(error) = fs::copy_with_mode(&entry.source, &copy) {
            warn("copy", &entry.source, &copy, &error, observer);
        }
    }
}

/// Warns in the words of `venv`, and tells the cause to whoever debugs.
fn warn(what: &str, source: &Path, destination: &Path, cause: &Error, observer: &mut dyn Observer) {
    observer.warning(&format!("Unable to {what} {} to {}", quoted(source), quoted(destination)));
    observer.debug(&cause.to_string());
}

/// Copies the `init.tcl` of a build tree into the environment's `Lib`, in a directory with the same name as its own.
fn copy_tcl(python_dir: &Path, env_dir: &Path) -> Result<()> {
    let Some(directory) = directory_with(python_dir, "init.tcl") else { return Ok(()) };
    let target = env_dir.join("Lib").join(directory.file_name().unwrap_or_default());
    fs::check_directories(env_dir, [target.as_path()])?;
    fs::create_directory(&target)?;
    fs::copy_contents(&directory.join("init.tcl"), &target.join("init.tcl"))
}

/// The first directory, at or below `directory`, that contains a file of this name.
fn directory_with(directory: &Path, file: &str) -> Option<PathBuf> {
    let listing = fs::list(directory).ok()?;
    if listing.files.iter().any(|name| name == file) {
        return Some(directory.to_owned());
    }
    listing.directories.iter().find_map(|name| directory_with(&directory.join(name), file))
}

#[cfg(test)]
#[cfg(unix)]
mod parity;
#[cfg(test)]
mod tests {
    use super::super::found::OtherLinks;
    use super::*;
    use crate::base::{Platform, tests::cpython};
    use crate::observer::tests::Listener;
    #[cfg(unix)]
    use std::ffi::OsString;

    #[cfg(unix)]
    fn planned(python_dir: &Path, files: &[OsString]) -> Plan {
        let base = Base { library: python_dir.join("Lib"), ..cpython(Platform::Nt, 13) };
        plan(&base, Found { python_dir, files, exe_name: "python.exe" })
    }

    #[test]
    fn copies_need_no_list_of_the_base() {
        let temp = tempfile::tempdir().unwrap();
        let base = Base { library: temp.path().join("Lib"), ..cpython(Platform::Nt, 13) };
        let (missing, scripts) = (temp.path().join("missing"), temp.path().join("Scripts"));
        fs::create_directory(&base.launchers()).unwrap();
        fs::create_directory(&scripts).unwrap();
        for name in ["venvlauncher.exe", "venvwlauncher.exe"] {
            fs::write(&base.launchers().join(name), b"a launcher").unwrap();
        }
        let env_exe = scripts.join("python.exe");
        let set_up_with = |copies| {
            let bin =
                Bin { path: &scripts, env_exe: &env_exe, base: &missing, copies, links: OtherLinks::Refused };
            set_up(&base, &missing, (temp.path(), &bin), &mut Listener::default())
        };
        assert!(set_up_with(false).is_err() && !fs::exists(&env_exe));
        set_up_with(true).unwrap();
        assert_eq!(fs::read(&env_exe).unwrap(), b"a launcher");
    }

    #[test]
    fn a_build_tree_brings_its_tcl() {
        let temp = tempfile::tempdir().unwrap();
        let (base, env) = (temp.path().join("base"), temp.path().join("env"));
        fs::create_directory(&base.join("externals/tcl8.6")).unwrap();
        fs::write(&base.join("externals/tcl8.6/init.tcl"), b"tcl").unwrap();
        copy_tcl(&base, &env).unwrap();
        assert_eq!(fs::read(&env.join("Lib/tcl8.6/init.tcl")).unwrap(), b"tcl");
    }

    #[cfg(unix)]
    #[test]
    fn copies_over_links_leave_the_base_alone() {
        let temp = tempfile::tempdir().unwrap();
        let (python_dir, launchers_dir) =
            (temp.path().join("base"), temp.path().join("base/Lib/venv/scripts/nt"));
        let bin_path = temp.path().join("Scripts");
        let names = ["python.exe", "pythonw.exe", "python313.dll"];
        for directory in [&python_dir, &launchers_dir, &bin_path] {
            fs::create_directory(directory).unwrap();
        }
        for name in names {
            fs::write(&python_dir.join(name), b"the base").unwrap();
        }
        for name in ["venvlauncher.exe", "venvwlauncher.exe"] {
            fs::write(&launchers_dir.join(name), b"a launcher").unwrap();
        }
        let files = names.map(OsString::from);
        let plan = planned(&python_dir, &files);
        let mut listener = Listener::default();
        assert!(are_linked(&plan, &bin_path, &mut listener) && listener.heard.is_empty());
        // A second run can't create the links again, and falls back to copies.
        assert!(!are_linked(&plan, &bin_path, &mut listener));
        let [source, link] = [&python_dir, &bin_path].map(|directory| quoted(directory.join("python.exe")));
        assert!(
            listener.heard.starts_with(&format!("Unable to symlink {source} to {link}\n")),
            "{}",
            listener.heard
        );
        assert!(listener.heard.ends_with("\nRetrying with copies\n"));
        listener.heard.clear();
        copy_all(&plan, &bin_path, &mut listener);
        assert_eq!(listener.heard, "");
        for name in names {
            assert_eq!(fs::read(&python_dir.join(name)).unwrap(), b"the base", "{name}");
        }
        for name in ["python.exe", "pythonw.exe"] {
            assert!(!fs::is_link(&bin_path.join(name)));
            assert_eq!(fs::read(&bin_path.join(name)).unwrap(), b"a launcher");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_failed_link_takes_the_others_with_it() {
        let temp = tempfile::tempdir().unwrap();
        fs::write(&temp.path().join("pythonw.exe"), b"in the way").unwrap();
        assert!(!are_linked(&planned(temp.path(), &[]), temp.path(), &mut Listener::default()));
        assert!(!fs::is_link(&temp.path().join("python.exe")));
    }
}
