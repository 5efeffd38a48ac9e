//! Surviving the end of the interpreter in a daemon thread that is still working.

use pyo3::ffi;

/// Reports whether the interpreter has begun to end. From then on this thread can't get the GIL.
pub fn has_begun() -> bool {
    // SAFETY: any thread may call it at any time.
    unsafe { ffi::Py_IsInitialized() == 0 }
}

/// Does `work`. If the interpreter ends during it, this thread blocks at its next attempt to take the GIL, until the
/// process ends.
///
/// CPython 3.14 does so itself (gh-87135). Before, it calls `pthread_exit`, for which glibc unwinds the stack: Rust's
/// destructors would drop Python objects without the GIL, and the first `catch_unwind` would abort the process.
pub fn safely<T>(work: impl FnOnce() -> T) -> T {
    let _guard = unwinding::Guard::new();
    work()
}

/// Nothing to do: other C libraries end a thread without unwinding its stack.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
mod unwinding {
    pub struct Guard;

    impl Guard {
        pub fn new() -> Self {
            Self
        }
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod unwinding {
    use std::cell::{Cell, UnsafeCell};
    use std::ffi::{c_int, c_void};
    use std::ptr::null_mut;

    /// glibc's `struct _pthread_cleanup_buffer`, from `pthread.h`.
    #[repr(C)]
    struct Buffer {
        routine: Option<extern "C" fn(*mut c_void)>,
        argument: *mut c_void,
        cancel_type: c_int,
        previous: *mut Buffer,
    }

    unsafe extern "C" {
        fn _pthread_cleanup_push(
            buffer: *mut Buffer,
            routine: extern "C" fn(*mut c_void),
            argument: *mut c_void,
        );
        fn _pthread_cleanup_pop(buffer: *mut Buffer, execute: c_int);
    }

    struct Handler {
        /// The number of guards of this thread. Greenlets may drop them in any order, so there is one buffer for all.
        guards: Cell<usize>,
        /// On the heap: before glibc unwinds a frame it runs the handlers whose buffers aren't in frames further out.
        /// This one is in none, so it runs before the first frame is unwound.
        buffer: Box<UnsafeCell<Buffer>>,
    }

    thread_local! {
        static HANDLER: Handler = Handler {
            guards: Cell::new(0),
            buffer: Box::new(UnsafeCell::new(Buffer {
                routine: None,
                argument: null_mut(),
                cancel_type: 0,
                previous: null_mut(),
            })),
        };
    }

    extern "C" fn wait(_argument: *mut c_void) {
        while super::has_begun() {
            std::thread::park();
        }
    }

    pub struct Guard;

    impl Guard {
        pub fn new() -> Self {
            // An error means that this thread is running its last destructors, and has no frames to unwind.
            let _ = HANDLER.try_with(|handler| {
                if handler.guards.replace(handler.guards.get() + 1) == 0 {
                    // SAFETY: the buffer has glibc's layout, and lives until this thread ends.
                    unsafe { _pthread_cleanup_push(handler.buffer.get(), wait, null_mut()) };
                }
            });
            Self
        }
    }

    impl Drop for Guard {
        fn drop(&mut self) {
            let _ = HANDLER.try_with(|handler| {
                if handler.guards.replace(handler.guards.get() - 1) == 1 {
                    // SAFETY: the buffer was pushed by the first guard and not popped since.
                    unsafe { _pthread_cleanup_pop(handler.buffer.get(), 0) };
                }
            });
        }
    }
}
