//! pip, placed again in the place of a damaged one.

use super::{Plan, Repair};
use crate::create::pip::by_ensurepip;
use crate::create::pip::run_ensurepip;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::observer::Observer;
use crate::seed::{Outcome, Request, SetAside, restore};

/// Places pip natively, or lets `ensurepip` do it. If both fail, the damaged pip is left as it was.
pub fn place(repair: &Repair<'_>, plan: &Plan, observer: &mut dyn Observer) -> Result<()> {
    let (Some(base), Some(executable)) = (&plan.base, &plan.executable) else {
        return Err(Error::Bug("a step for pip without a base".to_owned()));
    };
    let directory = crate::fs::absolute(repair.directory);
    let environment = Environment::of(base, &directory, &directory);
    let environment = Environment { executable: executable.clone(), ..environment };
    let request = Request {
        base,
        environment: &environment,
        variables: repair.variables,
        cache_directory: repair.cache_directory,
    };
    match restore(request, observer)? {
        Outcome::Seeded { .. } => Ok(()),
        Outcome::NotServed(reason) => {
            observer.debug(&by_ensurepip(reason));
            let aside = SetAside::pip(&environment.purelib)?;
            match run_ensurepip(&environment, observer) {
                Ok(()) => aside.remove(),
                Err(error) => {
                    aside.put_back()?;
                    Err(error)
                }
            }
        }
    }
}
