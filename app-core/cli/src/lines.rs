//! Standard input, line by line, beside everything else.

use std::io::{self, BufRead as _};

use tokio::sync::mpsc::{Receiver, channel};

/// Lines that wait; the writer waits with more.
const WAITING_MAX: usize = 16;

/// The lines of standard input; the channel ends with it, or with the first that is not text.
pub fn lines() -> Receiver<io::Result<String>> {
    let (sender, receiver) = channel(WAITING_MAX);
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines() {
            let ends = line.is_err();
            if sender.blocking_send(line).is_err() || ends {
                return;
            }
        }
    });
    receiver
}
