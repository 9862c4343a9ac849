//! Bytes in flight, bounded: whoever wants to hand on more waits until others are done.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// Bytes that may be in flight.
#[derive(Debug)]
pub struct Permits {
    free: Mutex<usize>,
    changed: Condvar,
    capacity: usize,
}

impl Permits {
    pub fn new(capacity: usize) -> Permits {
        Permits { free: Mutex::new(capacity), changed: Condvar::new(), capacity }
    }

    /// Waits for `bytes`; what is larger than the capacity takes all of it.
    pub fn take(permits: &Arc<Permits>, bytes: usize) -> Permit {
        let bytes = bytes.min(permits.capacity);
        let mut free = permits.free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free < bytes {
            free = permits.changed.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= bytes;
        Permit { permits: permits.clone(), bytes }
    }
}

/// A share of the bytes; dropping it gives them back.
#[derive(Debug)]
pub struct Permit {
    permits: Arc<Permits>,
    bytes: usize,
}

impl Drop for Permit {
    fn drop(&mut self) {
        *self.permits.free.lock().unwrap_or_else(PoisonError::into_inner) += self.bytes;
        self.permits.changed.notify_all();
    }
}
