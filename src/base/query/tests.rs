//! Programs that answer, oddly or not at all.

use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::base::answer::tests::ANSWER;

struct Deaf;

impl Observer for Deaf {
    fn debug(&mut self, _: &str) {}
    fn warning(&mut self, _: &str) {}
    fn interrupted(&mut self) -> bool {
        false
    }
    fn start(&mut self, command: &mut Command) -> std::io::Result<Child> {
        command.spawn()
    }
}

/// The answer of a shell script. Its sixth argument is the marker.
fn asked(script: &str) -> Result<Interpreter, String> {
    let temp = tempfile::tempdir().unwrap();
    let path = temp.path().join("python");
    // The base interpreter must be there.
    let answer = ANSWER.replace(r"/opt/\u00e9/bin/python3", path.to_str().unwrap());
    std::fs::write(&path, format!("#!/bin/sh\nanswer='{answer}'\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    query(&path, &mut Deaf).map_err(|error| error.to_string())
}

#[test]
fn an_answer_stands_between_markers_whatever_else_is_printed() {
    let answers = |script| asked(script).unwrap().base.version.minor;
    assert_eq!(answers(r#"printf '%s' "$6$answer$6""#), 12);
    assert_eq!(answers(r#"echo hello; echo $$ >&2; printf '%s' "$6$answer$6"; echo bye"#), 12);
}

#[test]
fn an_answer_does_not_count_if_its_process_fails() {
    let refusal = asked(r#"echo hello; printf '%s' "$6$answer$6"; exit 3"#).unwrap_err();
    assert!(refusal.ends_with("it isn't a working Python (exit status: 3). It printed: hello"), "{refusal}");
}

#[test]
fn an_answer_is_taken_from_a_process_that_does_not_end() {
    assert!(asked(r#"printf '%s' "$6$answer$6"; exec sleep 1000"#).is_ok());
}

#[test]
fn anything_else_is_refused_with_the_output() {
    let refusal = |script| asked(script).unwrap_err();
    assert!(refusal("exit 0").ends_with("it isn't a working Python (exit status: 0)."));
    assert!(refusal("echo no >&2; exit 4").ends_with("(exit status: 4). It printed: no"));
    assert!(refusal(r#"echo "$answer""#).contains("It printed: {"));
    assert!(refusal(r#"echo "$@" "$@""#).contains("its answer makes no sense"));
    assert!(refusal("exec yes").contains("printed more than 1048576 bytes"));
}

#[test]
fn a_process_left_behind_is_not_waited_for() {
    let refusal = asked("sleep 1000 & echo $! $$").unwrap_err();
    assert!(refusal.contains("exit status: 0"), "{refusal}");
    let left = refusal.split_whitespace().rev().nth(1).unwrap();
    assert!(Command::new("kill").arg(left).status().unwrap().success());
}
